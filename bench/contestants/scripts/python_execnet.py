import execnet

print(execnet.makegateway("popen").remote_exec("channel.send(1 + 2)").receive())
