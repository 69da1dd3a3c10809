# Sourced by scripts/test: the real servers, file systems and browser that the end-to-end tests talk to. As
# root on a Debian machine what is missing is installed; what is missing after that is told to the caller's
# functions.

command_of() {
  case "$1" in
    openssh-server) echo sshd ;;
    openssh-client) echo ssh-keygen ;;
    nginx-light) echo nginx ;;
    mtools) echo mcopy ;;
    dosfstools) echo mkfs.fat ;;
    exfatprogs) echo mkfs.exfat ;;
    exfat-fuse) echo mount.exfat-fuse ;;
    *) echo "$1" ;;
  esac
}

# Servers live in /usr/sbin, which is not in everyone's PATH.
missing_parts() {
  local part
  for part in openssh-server openssh-client nginx-light rsync chromium \
    mtools dosfstools exfatprogs exfat-fuse; do
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$(command_of "$part")" >/dev/null || echo "$part"
  done
}

install_parts() {
  local parts
  parts=$(missing_parts)
  [ -n "$parts" ] || return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  echo "installing Debian parts:" $parts
  export DEBIAN_FRONTEND=noninteractive
  # The words of $parts are package names, one argument each.
  apt-get -qq update && apt-get -qq install -y --no-install-recommends $parts >/dev/null
}
