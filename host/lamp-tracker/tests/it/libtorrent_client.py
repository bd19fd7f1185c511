"""Downloads or seeds one torrent with libtorrent and prints what its tracker says, until it is killed.

Arguments: the .torrent, the folder, the address and port to listen on.
"""
import sys

import libtorrent

torrent, folder, listen = sys.argv[1:4]
session = libtorrent.session({
    "listen_interfaces": listen,
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "allow_multiple_connections_per_ip": True,
    "alert_mask": libtorrent.alert.category_t.tracker_notification | libtorrent.alert.category_t.error_notification,
})
session.add_torrent({"ti": libtorrent.torrent_info(torrent), "save_path": folder})
while True:
    session.wait_for_alert(1_000)
    for alert in session.pop_alerts():
        print(type(alert).__name__, alert.message(), flush=True)
