package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ElectionCheckTest {

  private static final String KEY = "election/chief";

  private final Told told = new Told();

  private void leads(String process, double from, double to, String term) {
    String hold = "hold=" + process + term;
    told.did(
        process,
        from,
        from + 0.1,
        KEY,
        "acquire",
        hold,
        "claims=chief:exclusive",
        "/",
        "tokens=chief=" + term);
    told.did(process, to - 0.1, to - 0.1, KEY, "check", hold);
    told.did(process, to - 0.1, to, KEY, "release", hold);
  }

  private void sees(String process, double at, String leader, String term) {
    told.did(process, at, at, KEY, "observe", "leader=" + leader, "term=" + term);
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
  void oneAfterTheOther_seenInOrder_isKept() {
    leads("a", 0, 1, "1");
    leads("b", 2, 3, "2");
    sees("c", 0.5, "a", "1");
    sees("c", 1.5, "", "");
    sees("c", 2.5, "b", "2");

    assertKept();
  }

  @Test
  void twoAtOnce_isAViolation() {
    leads("a", 0, 3, "1");
    leads("b", 1, 2, "2");
    sees("c", 0.5, "a", "1");

    assertThat(told.verdict(KEY)).isInstanceOf(Verdict.Violation.class);
  }

  @Test
  void termThatDoesNotGrow_isAViolation() {
    leads("a", 0, 1, "2");
    leads("b", 2, 3, "1");
    sees("c", 0.5, "a", "2");

    assertThat(told.verdict(KEY)).isInstanceOf(Verdict.Violation.class);
  }

  @Test
  void observer_toldOfAnotherLeaderOfATerm_isBroken() {
    leads("a", 0, 1, "1");
    sees("c", 0.5, "b", "1");

    assertBroken("term 1 has the leaders");
  }

  @Test
  void observer_toldOfAnEarlierTerm_isBroken() {
    leads("a", 0, 1, "1");
    leads("b", 2, 3, "2");
    sees("c", 2.5, "b", "2");
    sees("c", 2.6, "a", "1");

    assertBroken("was told of term 1 after 2");
  }

  @Test
  void nobodyLeads_withinTheBoundAfterAFault_isBroken() {
    leads("a", 0, 1, "1");
    told.fault(2, 3);
    sees("c", 2.5, "", "");
    leads("b", 7.5, 9, "2");
    sees("c", 7.7, "b", "2");

    assertBroken("nobody led");
  }

  @Test
  void somebodyLeads_withinTheBoundAfterAFault_isKept() {
    leads("a", 0, 1, "1");
    told.fault(2, 3);
    sees("c", 2.5, "", "");
    leads("b", 6, 9, "2");
    sees("c", 6.2, "b", "2");
    told.lifetimes("c", 9);

    assertKept();
  }

  @Test
  void observer_thatHearsNoMoreAfterAFault_isBroken() {
    sees("c", 0.5, "a", "1");
    leads("a", 0, 1, "1");
    leads("b", 1.5, 2.8, "2");
    told.fault(2, 3);
    leads("a", 3.5, 9, "3");
    sees("a", 3.6, "a", "3");
    sees("b", 3.6, "a", "3");
    told.lifetimes("c", 9);

    assertBroken("c had not been told of term 2");
  }

  @Test
  void nothingSeen_isUnknown() {
    leads("a", 0, 1, "1");

    assertThat(told.verdict(KEY)).isInstanceOf(Verdict.Unknown.class);
  }
}
