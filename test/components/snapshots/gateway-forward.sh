until grep -qwF 10.255.0.1 /proc/net/fib_trie; do sleep 0.2; done; exec haproxy -db -f /etc/holdfast/haproxy.cfg
