# Runs a server until no test process uses it, and then deletes its folder. The first argument is the
# folder, and the others are the command of the server.
#
# Standard input is a file on which each test process holds a shared lock. The locks of a process
# go with it, however it ends.
folder=$1
shift
"$@" </dev/null &
server=$!

end() {
  # Both servers end at once at this signal.
  kill -QUIT "$server"
  wait "$server"
  rm -rf "$folder"
  exit
}
trap end TERM INT HUP

while true; do
  # Wait until no process holds a lock,
  flock 0 && flock --unlock 0
  # and check it again some seconds later. This lock blocks new test processes until the server ended.
  sleep 5
  flock --nonblock 0 && end
done
