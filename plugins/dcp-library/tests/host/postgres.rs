//! What holds on SQLite holds on PostgreSQL: the plugin's own statements, the queue and the events.

use super::house::on_postgres;
use super::{crash, deletion, inventory, keys, rights, routes, samples, upgrade};

#[test]
fn samples_mounted_in_place_are_all_listed() {
    on_postgres(samples::samples_mounted_in_place_are_all_listed);
}

#[test]
fn a_version_file_and_its_original_know_each_other() {
    on_postgres(samples::a_version_file_and_its_original_know_each_other);
}

#[test]
fn verification_finds_the_one_flipped_bit() {
    on_postgres(samples::verification_finds_the_one_flipped_bit);
}

#[test]
fn pages_give_each_package_once_in_every_order() {
    on_postgres(routes::pages_give_each_package_once_in_every_order);
}

#[test]
fn filters_find_what_they_say() {
    on_postgres(routes::filters_find_what_they_say);
}

#[test]
fn the_list_is_given_as_csv() {
    on_postgres(routes::the_list_is_given_as_csv);
}

#[test]
fn a_server_killed_again_and_again_ends_its_scan_all_the_same() {
    on_postgres(crash::a_server_killed_again_and_again_ends_its_scan_all_the_same);
}

#[test]
fn a_verification_goes_on_after_the_server_was_killed() {
    on_postgres(crash::a_verification_goes_on_after_the_server_was_killed);
}

#[test]
fn a_revoked_library_is_unreachable_with_the_reason_until_it_is_granted_again() {
    on_postgres(rights::a_revoked_library_is_unreachable_with_the_reason_until_it_is_granted_again);
}

#[test]
fn a_library_that_is_unmounted_is_unreachable_and_nothing_in_it_is_removed() {
    on_postgres(rights::a_library_that_is_unmounted_is_unreachable_and_nothing_in_it_is_removed);
}

#[test]
fn what_happened_to_a_package_is_told() {
    on_postgres(inventory::what_happened_to_a_package_is_told);
}

#[test]
fn tags_and_notes_stay_with_a_package_that_moves() {
    on_postgres(inventory::tags_and_notes_stay_with_a_package_that_moves);
}

#[test]
fn the_library_is_told_at_a_glance() {
    on_postgres(inventory::the_library_is_told_at_a_glance);
}

#[test]
fn what_rots_raises_an_alarm_that_stays() {
    on_postgres(inventory::what_rots_raises_an_alarm_that_stays);
}

#[test]
fn many_packages_are_verified_in_one_call() {
    on_postgres(inventory::many_packages_are_verified_in_one_call);
}

#[test]
fn a_verification_is_quick_or_of_one_copy_or_what_is_due() {
    on_postgres(inventory::a_verification_is_quick_or_of_one_copy_or_what_is_due);
}

#[test]
fn keys_are_found_in_packages_and_beside_them() {
    on_postgres(keys::keys_are_found_in_packages_and_beside_them);
}

#[test]
fn a_key_is_added_listed_and_forgotten() {
    on_postgres(keys::a_key_is_added_listed_and_forgotten);
}

#[test]
fn a_package_changes_at_each_edge_of_a_window() {
    on_postgres(keys::a_package_changes_at_each_edge_of_a_window);
}

#[test]
fn a_package_goes_to_the_trash_comes_back_and_is_purged() {
    on_postgres(deletion::a_package_goes_to_the_trash_comes_back_and_is_purged);
}

#[test]
fn what_others_need_is_not_deleted_without_saying_so() {
    on_postgres(deletion::what_others_need_is_not_deleted_without_saying_so);
}

#[test]
fn without_the_right_nothing_goes() {
    on_postgres(deletion::without_the_right_nothing_goes);
}

#[test]
fn a_deletion_ends_though_the_server_is_killed_in_the_middle() {
    on_postgres(deletion::a_deletion_ends_though_the_server_is_killed_in_the_middle);
}

#[test]
fn data_of_every_older_version_is_taken_over() {
    on_postgres(upgrade::data_of_every_older_version_is_taken_over);
}
