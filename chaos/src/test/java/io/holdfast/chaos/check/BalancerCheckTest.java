package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BalancerCheckTest {

  private static final String KEY = "balancer/fleet";
  private static final String REGISTRY = "registry/fleet";

  private final Told told = new Told();

  private void registers(String id) {
    told.did("o.1", 0, 0.1, REGISTRY, "register", "id=" + id, "sick=false");
  }

  private void picks(double at, String id, String live, String outcome) {
    picks(at, id, "1", live, outcome);
  }

  private void picks(double at, String id, String epoch, String live, String outcome) {
    told.did(
        "p.1",
        at,
        at + 0.001,
        KEY,
        "pick",
        "failures=3",
        "ejection=1000",
        "/",
        "id=" + id,
        "epoch=" + epoch,
        "up=4",
        "live=" + live,
        "outcome=" + outcome);
  }

  private void picks(double at, String id) {
    picks(at, id, "true", "success");
  }

  private void drains(double at, String complete) {
    told.did("o.1", at, at + 0.1, REGISTRY, "drain", "id=x", "/", "complete=" + complete);
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
  void pick_whileItDrains_isKept_andAfterIt_isBroken() {
    registers("x");
    drains(5, "true");
    picks(5.05, "x");
    assertKept();

    picks(5.2, "x");
    assertBroken("which was drained at");
  }

  @Test
  void pick_afterADrainThatWasNotComplete_isKept() {
    registers("x");
    drains(5, "false");
    picks(6, "x");

    assertKept();
  }

  @Test
  void pick_byOneOutOfTouch_isKeptUntilTheBound() {
    registers("x");
    drains(5, "true");
    picks(6, "x", "false", "success");
    assertKept();

    picks(9.2, "x", "false", "success");
    assertBroken("which was drained at");
  }

  @Test
  void pick_ofOneDeregistered_isBrokenPastTheBound() {
    registers("x");
    told.did("o.1", 5, 5.1, REGISTRY, "deregister", "id=x");
    picks(9, "x");
    assertKept();

    picks(9.2, "x");
    assertBroken("which was to be forgotten");
  }

  @Test
  void pick_ofOneDead_underAFault_isKept() {
    registers("x");
    told.lifetimes("o.2", 5).fault(10, 20);
    picks(15, "x");
    assertKept();

    picks(24.1, "x");
    assertBroken("which was to be forgotten");
  }

  @Test
  void pick_ofOneEjected_isBroken() {
    registers("x");
    picks(1, "x", "true", "failure");
    picks(1.1, "x", "true", "failure");
    picks(1.2, "x", "true", "failure");
    picks(2.3, "x", "true", "failure");
    assertKept();

    picks(2.4, "x", "true", "failure");
    picks(2.5, "x", "true", "failure");
    picks(2.6, "x", "true", "failure");
    assertBroken("which it had to leave out");
  }

  @Test
  void pick_ofOneEjected_thatHasRegisteredAnew_isKept() {
    registers("x");
    for (int i = 0; i < 3; i++) {
      picks(1 + i / 10.0, "x", "1", "true", "failure");
    }
    picks(1.5, "x", "2", "true", "failure");

    assertKept();
  }

  @Test
  void success_betweenFailures_ejectsNobody() {
    registers("x");
    for (int i = 0; i < 10; i++) {
      picks(1 + i / 10.0, "x", "true", i % 3 == 2 ? "success" : "failure");
    }

    assertKept();
  }

  @Test
  void one_thatIsNeverPicked_isBroken() {
    registers("x");
    registers("y");
    told.lifetimes("o.1", 20);
    for (int i = 0; i < 100; i++) {
      picks(5 + i / 10.0, "y");
    }
    assertBroken("never chose x");

    picks(10, "x");
    assertKept();
  }
}
