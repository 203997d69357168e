//! Opening, saving and going from article to article.

use super::*;

#[test]
fn what_is_saved_is_found_when_the_article_is_opened_again() {
    let mut bench = Bench::open(TEXT);
    let all = vec![bench.mention("GPE", "مسقط", 0), bench.mention("PERS", "ريم القصاب", 0)];
    bench.suggest(all);
    bench.keys("Tab Space X");
    bench.select("سامر الحداد", 0);
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.save_state(), SaveState::Saved);
    let (before, saved) = (bench.editor().document().clone(), bench.saved());
    let path = bench.folder.path().join("article.txt");
    bench.session.perform(Action::OpenPath(path, None));
    bench.session.settle();
    assert_eq!(*bench.editor().document(), before);
    bench.keys("Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.saved(), saved, "the same content gives the same bytes");
}

#[test]
fn opening_another_article_saves_this_one_first() {
    let mut bench = Bench::open(TEXT);
    let other = bench.folder.path().join("other.txt");
    crate::store::write(&other, "نص آخر".as_bytes(), None).expect("writable");
    bench.select("مسقط", 0);
    bench.keys("3");
    let annotations = bench.session.annotations_path().expect("open").to_owned();
    bench.session.perform(Action::OpenPath(other.clone(), None));
    bench.session.settle();
    assert_eq!(bench.session.article_path(), Some(other.as_path()));
    let saved = String::from_utf8(crate::store::read_for_tests(&annotations)).expect("UTF-8");
    assert!(saved.contains("GPE"), "{saved}");
}

#[test]
fn a_file_that_was_changed_by_others_is_not_written_over() {
    let mut bench = Bench::open(TEXT);
    bench.select("مسقط", 0);
    bench.keys("3 Ctrl+S");
    bench.session.settle();
    let path = bench.session.annotations_path().expect("open").to_owned();
    crate::store::write(&path, b"theirs", None).expect("writable");
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.save_state(), SaveState::Failed);
    assert_eq!(bench.saved(), "theirs");
    let asked = bench.session.take_requests();
    assert!(asked.iter().any(|r| matches!(r, Request::SaveFailed { changed: true, .. })), "{asked:?}");
    bench.session.perform(Action::Overwrite);
    bench.session.settle();
    assert!(bench.saved().contains("PERS"));
}

#[test]
fn a_change_made_while_another_article_is_read_is_saved() {
    let mut bench = Bench::open(TEXT);
    let annotations = bench.session.annotations_path().expect("open").to_owned();
    let other = bench.folder.path().join("other.txt");
    crate::store::write(&other, "نص آخر".as_bytes(), None).expect("writable");
    bench.session.perform(Action::OpenPath(other.clone(), None));
    assert!(bench.session.is_opening());
    bench.select("مسقط", 0);
    bench.keys("3");
    bench.session.settle();
    assert_eq!(bench.session.article_path(), Some(other.as_path()));
    let saved = String::from_utf8(crate::store::read_for_tests(&annotations)).expect("UTF-8");
    assert!(saved.contains("GPE"), "{saved}");
}

#[test]
fn a_change_made_while_the_same_article_is_read_again_is_kept() {
    let mut bench = Bench::open(TEXT);
    let path = bench.session.article_path().expect("open").to_owned();
    bench.session.perform(Action::OpenPath(path, None));
    bench.select("مسقط", 0);
    bench.keys("3");
    bench.session.settle();
    assert_eq!(bench.tagged(), ["GPE مسقط"]);
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.save_state(), SaveState::Saved, "{}", bench.notice());
}

#[test]
fn save_as_while_a_save_is_under_way_writes_both_files() {
    let mut bench = Bench::open(TEXT);
    let first = bench.session.annotations_path().expect("open").to_owned();
    let second = bench.folder.path().join("copy.ron");
    bench.select("مسقط", 0);
    bench.keys("3 Ctrl+S");
    assert_eq!(bench.session.save_state(), SaveState::Saving);
    bench.session.perform(Action::SaveAs(second.clone()));
    bench.session.settle();
    assert_eq!(bench.session.annotations_path(), Some(second.as_path()));
    assert_eq!(crate::store::read_for_tests(&first), crate::store::read_for_tests(&second));
    bench.keys("1 Ctrl+S");
    bench.session.settle();
    assert_eq!(bench.session.save_state(), SaveState::Saved, "{}", bench.notice());
    assert!(bench.saved().contains("PERS"));
}

#[test]
fn save_as_to_a_bad_path_leaves_the_annotations_with_their_file() {
    let mut bench = Bench::open(TEXT);
    let before = bench.session.annotations_path().expect("open").to_owned();
    let nowhere = bench.folder.path().join("no such folder").join("a.ron");
    bench.select("مسقط", 0);
    bench.keys("3");
    bench.session.perform(Action::SaveAs(nowhere.clone()));
    bench.session.settle();
    let asked = bench.session.take_requests();
    assert!(
        asked.iter().any(|r| matches!(r, Request::SaveFailed { path, .. } if *path == nowhere)),
        "{asked:?}"
    );
    assert_eq!(bench.session.annotations_path(), Some(before.as_path()));
    assert_eq!(bench.session.save_state(), SaveState::Saved);
    assert!(bench.saved().contains("GPE"), "the work is in the file that it had");
    let copy = bench.folder.path().join("copy.ron");
    bench.session.perform(Action::SaveAs(copy.clone()));
    bench.session.settle();
    assert_eq!(bench.session.annotations_path(), Some(copy.as_path()));
}

#[test]
fn save_as_does_not_write_over_the_article() {
    let mut bench = Bench::open(TEXT);
    let article = bench.session.article_path().expect("open").to_owned();
    let roundabout = bench.folder.path().join(".").join("article.txt");
    bench.select("مسقط", 0);
    bench.keys("3");
    for action in [Action::SaveAs(article.clone()), Action::SaveAs(roundabout)] {
        bench.session.perform(action);
        bench.session.settle();
        assert!(bench.notice().contains("is the article itself"), "{}", bench.notice());
        assert_eq!(crate::store::read_for_tests(&article), TEXT.as_bytes());
    }
}

#[test]
fn a_save_that_fails_again_by_itself_does_not_ask_again() {
    let mut bench = Bench::open(TEXT);
    // A folder stands where the annotations belong.
    let blocked = bench.session.annotations_path().expect("open").join("in the way");
    crate::store::make_folder(&blocked).expect("writable");
    bench.keys("Ctrl+S");
    bench.session.settle();
    let asks = |bench: &mut Bench| {
        bench.session.take_requests().iter().any(|r| matches!(r, Request::SaveFailed { .. }))
    };
    assert!(asks(&mut bench), "the user asked for it");
    bench.select("مسقط", 0);
    bench.keys("3");
    bench.session.settle();
    assert_eq!(bench.session.save_state(), SaveState::Failed);
    assert!(!asks(&mut bench), "it came by itself");
    bench.keys("Ctrl+Q");
    bench.session.settle();
    assert!(asks(&mut bench), "the work would be lost");
}

#[test]
fn an_arabic_file_name_stands_in_an_isolate_where_it_is_told_and_nowhere_else() {
    let mut bench = Bench::open(TEXT);
    let missing = bench.folder.path().join("مفقود.txt");
    bench.session.perform(Action::OpenPath(missing, None));
    bench.session.settle();
    let text = bench.session.notice().expect("an error").text.clone();
    assert!(text.contains("\u{2068}مفقود.txt\u{2069}\u{2069}: there is no such file"), "{text}");
    assert!(bench.session.recents().iter().all(|path| !path.to_string_lossy().contains('\u{2068}')));
}

#[test]
fn a_missing_file_leaves_the_open_article_open() {
    let mut bench = Bench::open(TEXT);
    bench.session.perform(Action::OpenPath(PathBuf::from("/nowhere/at-all.txt"), None));
    bench.session.settle();
    assert!(bench.notice().contains("/nowhere/at-all.txt: there is no such file"), "{}", bench.notice());
    assert!(bench.editor().document().source().as_str().starts_with("لقاء"));
}

#[test]
fn a_folder_is_gone_through_with_n_and_p() {
    let mut bench = Bench::open(TEXT);
    crate::store::write(&bench.folder.path().join("b.txt"), "نص آخر".as_bytes(), None).expect("writable");
    let folder = bench.folder.path().to_owned();
    bench.session.perform(Action::OpenPath(folder.clone(), None));
    bench.session.settle();
    assert_eq!(bench.session.queue().visible_here(), Some(0));
    bench.keys("N");
    bench.session.settle();
    assert_eq!(bench.session.article_path(), Some(folder.join("b.txt").as_path()));
    bench.keys("N");
    assert!(bench.notice().starts_with("There is no next article"), "{}", bench.notice());
    bench.keys("P");
    bench.session.settle();
    assert_eq!(bench.session.queue().visible_here(), Some(0));
}

#[cfg(unix)]
#[test]
fn an_article_whose_name_is_no_utf8_is_saved_and_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let mut bench = Bench::open(TEXT);
    let path = bench.folder.path().join(std::ffi::OsStr::from_bytes(b"\xe3\xde\xc7\xe1.txt"));
    crate::store::write(&path, TEXT.as_bytes(), None).expect("writable");
    bench.session.perform(Action::OpenPath(path.clone(), None));
    bench.session.settle();
    bench.select("مسقط", 0);
    bench.keys("3 Ctrl+S");
    bench.session.settle();
    let annotations = bench.session.annotations_path().expect("open").to_owned();
    for path in [path, annotations] {
        bench.session.perform(Action::OpenPath(path.clone(), None));
        bench.session.settle();
        assert_eq!(bench.tagged(), ["GPE مسقط"], "{}", path.display());
        assert_eq!(bench.session.problems(), []);
    }
}

#[test]
fn a_save_as_that_was_asked_for_during_a_failing_save_is_made() {
    let mut bench = Bench::open(TEXT);
    // A folder stands where the annotations belong.
    let blocked = bench.session.annotations_path().expect("open").join("in the way");
    crate::store::make_folder(&blocked).expect("writable");
    bench.select("مسقط", 0);
    bench.keys("3 Ctrl+S");
    let copy = bench.folder.path().join("copy.ron");
    bench.session.perform(Action::SaveAs(copy.clone()));
    bench.session.perform(Action::Quit);
    bench.session.settle();
    assert_eq!(bench.session.annotations_path(), Some(copy.as_path()));
    assert!(bench.saved().contains("GPE"));
    assert!(bench.session.take_requests().contains(&Request::Close), "the quit waited for it");
}

#[test]
fn quitting_saves_first_and_then_closes() {
    let mut bench = Bench::open(TEXT);
    bench.select("مسقط", 0);
    bench.keys("3 Ctrl+Q");
    assert!(!bench.session.take_requests().contains(&Request::Close), "not before it is saved");
    bench.session.settle();
    assert!(bench.session.take_requests().contains(&Request::Close));
    assert!(bench.saved().contains("GPE"));
}

#[test]
fn a_change_is_saved_by_itself() {
    let mut bench = Bench::open(TEXT);
    let time = Arc::new(std::sync::atomic::AtomicI64::new(1_700_000_000_000));
    let clock = Arc::clone(&time);
    bench.session.clock =
        Arc::new(move || Timestamp::from_millis(clock.load(std::sync::atomic::Ordering::SeqCst)));
    bench.select("مسقط", 0);
    bench.keys("3");
    let wait = bench.session.poll().expect("a save is due");
    assert!(wait.as_millis() <= 1_000, "{wait:?}");
    assert_eq!(bench.session.save_state(), SaveState::Unsaved);
    time.fetch_add(1_001, std::sync::atomic::Ordering::SeqCst);
    bench.session.poll();
    assert_eq!(bench.session.save_state(), SaveState::Saving);
    bench.session.settle();
    assert!(bench.saved().contains("GPE"));
}
