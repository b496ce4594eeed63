#!/bin/sh
# Installs packages into a copy of a root file system, and leaves what was added to it: install.sh BASE DRAFT PACKAGES.
# The commands of the recipe come in SETUP, the users (name:id …) in USERS. Runs in a mount namespace of its own, so that
# every mount ends with it.
set -eu
base=$1 draft=$2
shift 2

root=$draft/merged
mkdir "$draft/added" "$draft/work" "$root"
# Without these options a renamed folder or changed permissions would be marks that no image layer knows.
mount -t overlay overlay -o "lowerdir=$base,upperdir=$draft/added,workdir=$draft/work,redirect_dir=off,metacopy=off,index=off" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/var/cache/apt"
touch "$root/etc/resolv.conf"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"

for user in $USERS; do
  name=${user%:*} id=${user#*:}
  echo "$name:x:$id:" >> "$root/etc/group"
  echo "$name:x:$id:$id::/nonexistent:/bin/sh" >> "$root/etc/passwd"
done
# No service is started, and no database is made.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/postgresql-common"
echo 'create_main_cluster = false' > "$root/etc/postgresql-common/createcluster.conf"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 LC_ALL=C "$@" </dev/null; }
install_packages() { inside apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"; }
# The base's lists may be older than the packages that the archive still has.
install_packages "$@" || { inside apt-get update -q && install_packages "$@"; }
rm "$root/usr/sbin/policy-rc.d" "$root/etc/postgresql-common/createcluster.conf"
find "$root/var/log" "$root/var/cache" -type f -delete
inside sh -euc "$SETUP"
chroot "$root" dpkg-query -W -f '${Package} ${Version}\n' > "$draft/versions"

umount "$root/etc/resolv.conf" "$root/var/cache/apt" "$root/tmp" "$root/proc"
umount -l "$root/dev"
umount "$root"
# What was deleted below, overlayfs marks by a device 0:0, and an image layer by a name.
find "$draft/added" -type c | while read -r path; do
  rm "$path"
  touch "$(dirname "$path")/.wh.$(basename "$path")"
done
rm -rf "$draft/work" "$root"
