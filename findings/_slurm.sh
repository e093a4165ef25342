# shellcheck shell=sh
# Sourced behind _lib.sh by findings about Slurm.

# Unpacks Slurm 22.05 and starts it on free ports of loopback, for this user and this machine alone.
start_slurm() {
  debian_packages slurm-client=22.05.8-4+deb12u3 slurmctld=22.05.8-4+deb12u3 \
    slurmd=22.05.8-4+deb12u3 slurm-wlm-basic-plugins=22.05.8-4+deb12u3 libhwloc15=2.9.0-1 libnuma1=2.0.16-1
  libraries="$FOLDER/debian/usr/lib/x86_64-linux-gnu"
  export LD_LIBRARY_PATH="$libraries:$libraries/slurm-wlm" SLURM_CONF="$FOLDER/slurm.conf"
  export PATH="$FOLDER/debian/usr/bin:$FOLDER/debian/usr/sbin:$PATH"
  host=$(hostname -s)
  port=$((20000 + $$ * 7 % 20000))
  mkdir state spool
  cat >slurm.conf <<CONF
ClusterName=finding
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
CredType=cred/none
PluginDir=$libraries/slurm-wlm
StateSaveLocation=$FOLDER/state
SlurmdSpoolDir=$FOLDER/spool
SlurmctldPidFile=$FOLDER/slurmctld.pid
SlurmdPidFile=$FOLDER/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=debug Nodes=$host Default=YES State=UP
CONF
  slurmctld-wlm -D >slurmctld.log 2>&1 &
  ends_with_this $!
  slurmd-wlm -D -d "$FOLDER/debian/usr/sbin/slurmstepd-wlm" >slurmd.log 2>&1 &
  ends_with_this $!
  for _ in $(seq 100); do
    [ "$(sinfo -h -o %t 2>/dev/null)" = idle ] && return
    sleep 0.1
  done
  tail -n 5 slurmctld.log slurmd.log
  exit 1
}
