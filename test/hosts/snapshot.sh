# snapshot.sh: writes what a host is, section by section, as text that is equal for equal hosts. Run by bash as root.
# Left out is what no one can avoid or what changes by itself: the mounted /run/netns, loaded modules and their sysctls,
# the journal and /var/log, temporary files, log-in sessions, and systemd's own transient state.
# shellcheck shell=bash disable=SC2016
set -euo pipefail
export LC_ALL=C
section() { printf '\n@@ %s\n' "$1"; }

# Interface numbers (5:, @if7, link-netnsid 0) are given anew at each boot.
stable_links() { sed -E -e 's/^[0-9]+: //' -e 's/@if[0-9]+/@peer/' -e 's/ link-netnsid [0-9]+//' | sort; }
network() { # PREFIX CMD...: a network namespace, looked at through CMD
  local prefix=$1
  shift
  section "$prefix links"
  # A bridge's timers run.
  "$@" ip -d -o link | sed -E -e 's/ (qlen|numtxqueues|numrxqueues|gso_|gro_|tso_)[^ ]* [0-9]+//g' -e 's/ [a-z_]+_timer +[0-9.]+//g' |
    stable_links
  section "$prefix addresses"
  "$@" ip -o addr | sed -E 's/ valid_lft.*//' | stable_links
  section "$prefix routes"
  { "$@" ip route show table all; "$@" ip -6 route show table all; "$@" ip rule; } | sort
  section "$prefix bridge entries"
  "$@" bridge fdb | sort
  section "$prefix nft rules"
  "$@" nft --stateless list ruleset
}

# For a second after a boot the kernel asks whether another machine has its address.
for ((tries = 0; tries < 50; tries++)); do
  if [ -z "$(ip -6 addr show tentative)" ]; then break; fi
  sleep 0.1
done
network host env
section "network namespaces"
if [ -d /run/netns ]; then find /run/netns -mindepth 1 -printf '%f\n' | sort; fi
# Those without a name count too: a process or a mount holds them.
find /proc/[0-9]*/ns/net -printf '%l\n' 2>/dev/null | sort -u | wc -l
if [ -d /run/netns ]; then
  find /run/netns -mindepth 1 -printf '%f\n' | sort | while read -r name; do network "netns $name" ip netns exec "$name"; done
fi

transient='^(session-.*\.scope|user@.*|user-.*|run-.*|init\.scope|systemd-tmpfiles-clean\.service|.*\.device|proc-.*|dev-.*|systemd-(timedated|hostnamed|localed)\.service|system-modprobe\.slice|modprobe@.*)$'
section "unit files"
systemctl list-unit-files --no-legend --no-pager | awk '{ print $1, $2 }' | sort
section "units"
systemctl list-units --all --plain --no-legend --no-pager --state=active,failed,activating,reloading |
  awk -v transient="$transient" '$1 !~ transient { print $1, $2, $3 }' | sort

section "users"
sort /etc/passwd /etc/group
section "mounts"
awk '{ print $2, $3 }' /proc/self/mounts | { grep -vE '^/(run/(netns|user|credentials)|proc|sys|dev)[/ ]' || test $? = 1; } | sort -u

section "processes"
# Not the kernel's, and not this script, its children and the connection it came by.
mine() { # PID PARENT COMMAND
  [ "$1" = $$ ] || [ "$2" = $$ ] || [ "$3" = sshd ] || [ "$3" = "(sd-pam)" ] || [ "$1" = 2 ] || [ "$2" = 2 ] ||
    [ "$2" = "$pipe" ]
}
processes() {
  local pipe=$BASHPID pid parent command
  ps -e -o pid=,ppid=,comm= | while read -r pid parent command; do
    # These come when they are asked for something, and go.
    case $command in systemd-hostnam | systemd-timedat | systemd-tmpfile | "(udev-worker)" | sudo) continue ;; esac
    if ! mine "$pid" "$parent" "$command"; then echo "$command"; fi
  done
}
processes | sort

section "sysctls"
# Those of the network, which are a host's own; not what counts something, and not what comes with a module.
{ sysctl -a 2>&1 || test $? = 255; } | { grep -E '^net\.' || test $? = 1; } |
  { grep -vE '^net\.(bridge|netfilter|nf_conntrack|ipv4\.(tcp_mem|udp_mem)|ipv6\.route\.flush)|stable_secret|\.(mc_|base_reach|retrans_time)' ||
    test $? = 1; } | sort

section "files"
# Which there are, everywhere; what is in them, where people and programs keep things.
volatile='^/(proc|sys|dev|tmp|run|var/(log|tmp|cache/ldconfig|lib/systemd|lib/private|cache/private)|etc/\.pwd\.lock)(/|$)'
find / -xdev -regextype posix-extended -regex "$volatile" -prune -o -printf '%y %m %U:%G %p %l\n' | sed 's/ $//' | sort -k4
section "contents"
find /etc /usr/local /root /home /opt /srv /var/lib /var/spool -xdev -regextype posix-extended -regex "$volatile" -prune \
  -o -type f -print0 | sort -z | xargs -0 sha256sum
section "run"
find /run -regextype posix-extended \
  -regex '/run/(systemd|user|udev|netns|credentials|host|log|lock|sudo|mount|utmp|sshd\.pid|dbus|network)(/.*)?' -prune \
  -o -printf '%y %m %U:%G %p %l\n' | sed 's/ $//' | sort
find /run/systemd -type f -path '/run/systemd/system/*' -printf '%p\n' | sort
