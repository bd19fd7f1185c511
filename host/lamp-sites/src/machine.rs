//! What this machine says of itself when it joins.

use crate::identity::Identity;
use std::path::Path;

/// Where Linux lists network interfaces.
const INTERFACES: &str = "/sys/class/net";

/// The MAC address of the first network card in alphabetical order. A machine without one, a container for example, has
/// an address of its own making (locally administered, IEEE 802), which follows from its identity.
pub fn mac_address(identity: &Identity) -> String {
    first_card(Path::new(INTERFACES)).unwrap_or_else(|| {
        let key = identity.public_key();
        let pairs = (0..5).filter_map(|index| key.get(index * 2..index * 2 + 2));
        ["02"].into_iter().chain(pairs).collect::<Vec<_>>().join(":")
    })
}

fn first_card(folder: &Path) -> Option<String> {
    let mut cards: Vec<_> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    cards.sort();
    // Only a card has a device behind it; bridges, tunnels and the loopback have none.
    cards.into_iter().filter(|card| card.join("device").exists()).find_map(|card| {
        let address = std::fs::read_to_string(card.join("address")).ok()?;
        let address = address.trim();
        (address.len() == 17 && address != "00:00:00:00:00:00").then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_card_is_found_and_what_is_none_left_out() {
        let folder = std::env::temp_dir().join(format!("lamphouse-cards-{}", std::process::id()));
        for (name, address, device) in [
            ("br0", "02:00:00:00:00:01", false),
            ("eth0", "00:00:00:00:00:00", true),
            ("eth1", "52:54:00:12:34:56", true),
            ("eth2", "52:54:00:12:34:57", true),
        ] {
            let card = folder.join(name);
            std::fs::create_dir_all(&card).unwrap();
            std::fs::write(card.join("address"), format!("{address}\n")).unwrap();
            if device {
                std::fs::create_dir(card.join("device")).unwrap();
            }
        }
        assert_eq!(first_card(&folder).as_deref(), Some("52:54:00:12:34:56"));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(first_card(&folder), None);
    }
}
