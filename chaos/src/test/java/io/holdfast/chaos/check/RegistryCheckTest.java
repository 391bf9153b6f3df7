package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RegistryCheckTest {

  private static final String KEY = "registry/fleet";

  private final Told told = new Told();

  private void registers(String process, double at, String id) {
    told.did(process, at, at + 0.1, KEY, "register", "id=" + id, "sick=false");
  }

  private void deregisters(String process, double at, String id) {
    told.did(process, at, at + 0.1, KEY, "deregister", "id=" + id);
  }

  private void sees(String process, double at, long revision, String freshness, String shows) {
    told.did(
        process,
        at,
        at,
        KEY,
        "see",
        "revision=" + revision,
        "freshness=" + freshness,
        "shows=" + shows);
  }

  private void assertKept() {
    assertThat(told.verdict(KEY)).isInstanceOf(Verdict.Kept.class);
  }

  private void assertBroken(String how) {
    assertThat(told.verdict(KEY))
        .isInstanceOfSatisfying(
            Verdict.Broken.class,
            broken -> assertThat(broken.how()).anyMatch(it -> it.contains(how)));
  }

  @Test
  void comingAndGoing_isKept() {
    registers("a.1", 0, "x");
    registers("a.1", 1, "y");
    sees("v.1", 0.5, 1, "LIVE", "x:UP");
    sees("v.1", 1.5, 2, "LIVE", "x:UP y:UP");
    deregisters("a.1", 10, "y");
    sees("v.1", 10.5, 3, "LIVE", "x:UP");
    told.lifetimes("v.1", 20).lifetimes("a.1", 20);

    assertKept();
  }

  @Test
  void revision_goingBack_isBroken() {
    registers("a.1", 0, "x");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    sees("v.1", 2, 4, "LIVE", "x:UP");

    assertBroken("from revision 5 back to 4");
  }

  @Test
  void view_emptiedWhileSomebodyIsThere_isBrokenWhateverItsFreshness() {
    registers("a.1", 0, "x");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    sees("v.1", 2, 5, "STALE", "");
    told.lifetimes("a.1", 3);

    assertBroken("was emptied");
  }

  @Test
  void view_emptyBeforeItHasHeard_orWhenTheLastHasLeft_isKept() {
    registers("a.1", 0, "x");
    sees("v.1", 0.5, 0, "STALE", "");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    deregisters("a.1", 2, "x");
    sees("v.1", 2.2, 6, "LIVE", "");

    assertKept();
  }

  @Test
  void phantom_ofOneDeregistered_isBrokenPastTheBound() {
    registers("a.1", 0, "x");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    deregisters("a.1", 2, "x");
    told.lifetimes("v.1", 6);
    assertKept();

    told.lifetimes("v.1", 6.2);
    assertBroken("still showed x");
  }

  @Test
  void phantom_underAFault_isKeptUntilTheBoundAfterIt() {
    registers("a.1", 0, "x");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    deregisters("a.1", 2, "x");
    told.fault(3, 10).lifetimes("v.1", 13.9);
    assertKept();

    told.lifetimes("v.1", 14.1);
    assertBroken("still showed x");
  }

  @Test
  void phantom_ofTheDead_isBrokenPastProtection() {
    registers("a.1", 0, "x");
    registers("b.1", 0, "y");
    sees("v.1", 1, 5, "LIVE", "x:UP y:UP");
    told.lifetimes("a.2", 2).lifetimes("b.1", 12).lifetimes("v.1", 8.9);
    assertKept();

    told.lifetimes("v.1", 9.1);
    assertBroken("still showed x");
  }

  @Test
  void who_isThere_isMissedPastTheBound() {
    registers("a.1", 0, "x");
    registers("a.1", 1, "y");
    sees("v.1", 0.5, 5, "LIVE", "x:UP");
    told.lifetimes("a.1", 20).lifetimes("v.1", 5);
    assertKept();

    told.lifetimes("v.1", 5.2);
    assertBroken("did not show y");
  }

  @Test
  void view_outOfTouchInACalm_isBroken() {
    registers("a.1", 0, "x");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    told.fault(2, 4);
    sees("v.1", 3, 5, "STALE", "x:UP");
    told.lifetimes("a.1", 20).lifetimes("v.1", 7.9);
    assertKept();

    told.lifetimes("v.1", 8.1);
    assertBroken("the view of v.1 was STALE");
  }

  @Test
  void view_thatIsClosed_needNotForget() {
    registers("a.1", 0, "x");
    sees("v.1", 1, 5, "LIVE", "x:UP");
    deregisters("a.1", 2, "x");
    told.did("v.1", 3, 3, KEY, "closed").lifetimes("v.1", 20);

    assertKept();
  }
}
