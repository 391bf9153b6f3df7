package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import org.junit.jupiter.api.Test;

final class FairnessCheckTest {

  private static final String KEY = "fairness/line";

  private final Told told = new Told();

  private static String token(long place, int handOver) {
    String first = FencingToken.of(new Revision(place)).toString();
    return first.substring(0, first.length() - 8) + "%08x".formatted(handOver);
  }

  private void served(
      String process, double called, double queued, double from, double to, String token) {
    String hold = "hold=" + process + token;
    told.did(
        process,
        called,
        from,
        KEY,
        "acquire",
        hold,
        "claims=line:exclusive",
        "handovers=2",
        "/",
        "tokens=line=" + token,
        "queued=" + (long) (queued * 1e9));
    told.did(process, to, to, KEY, "release", hold);
  }

  private void looks(String process, double at, String session, String... places) {
    told.did(
        process,
        at,
        at,
        KEY,
        "look",
        "/",
        "places=" + String.join(" ", places),
        "session=" + session);
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
  void inOrder_withHandOvers_isKept() {
    served("a", 0, 0.1, 1, 2, token(5, 0));
    served("a", 0.2, 0.3, 2.1, 3, token(5, 1));
    looks("b", 0.4, "s", token(5, 0) + "@r", token(6, 0) + "@s");
    served("b", 0.1, 0.2, 3.1, 4, token(6, 0));

    assertKept();
  }

  @Test
  void laterPlace_whileAnEarlierHolds_isAViolation() {
    served("a", 0, 0.1, 1, 4, token(5, 0));
    served("b", 0, 0.1, 2, 3, token(6, 0));
    looks("b", 0.4, "s");

    assertThat(told.verdict(KEY)).isInstanceOf(Verdict.Violation.class);
  }

  @Test
  void handOvers_pastTheBound_isBroken() {
    for (int i = 0; i <= 3; i++) {
      served("a", i, i, i + 0.2, i + 0.5, token(5, i));
    }
    looks("b", 0.4, "s");

    assertBroken("as number 3 of one place");
  }

  @Test
  void callAfterAnotherHadQueued_servedBefore_isBroken() {
    looks("a", 0, "s");
    served("a", 0.5, 0.6, 1, 2, token(5, 0));
    served("a", 0.2, 0.3, 2.1, 3, token(5, 1));

    assertBroken("was overtaken by a call");
  }

  @Test
  void callsAtOnce_inAnyOrder_isKept() {
    looks("a", 0, "s");
    served("a", 0.2, 0.6, 1, 2, token(5, 0));
    served("a", 0.1, 0.3, 2.1, 3, token(5, 1));

    assertKept();
  }

  @Test
  void placeThatIsNeverServed_thoughItsSessionLives_isBroken() {
    looks("a", 0.5, "s", token(5, 0) + "@s");
    served("b", 0.6, 0.7, 1, 2, token(6, 0));
    looks("a", 3, "s");

    assertBroken("was overtaken by b acquire");
  }

  @Test
  void placeThatIsNeverServed_asItsSessionEnded_isKept() {
    looks("a", 0.5, "s", token(5, 0) + "@s");
    served("b", 0.6, 0.7, 1, 2, token(6, 0));
    looks("a", 3, "t");

    assertKept();
  }
}
