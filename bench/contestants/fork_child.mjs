process.on("message", (item) => process.send(item));
