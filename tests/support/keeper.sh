# Runs a server, which is the command in the arguments after the first, until nobody uses it; then
# deletes the folder that the first argument names.
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
  # Nobody holds a lock…
  flock 0 && flock --unlock 0
  # … and some seconds later nobody does. The lock keeps others waiting until the server is gone.
  sleep 5
  flock --nonblock 0 && end
done
