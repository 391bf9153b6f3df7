package io.holdfast.registry;

import static io.holdfast.registry.ScriptedSession.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a view takes what a cluster tells it, step by step. */
final class ServiceViewTest {

  private final ScriptedCluster cluster = new ScriptedCluster();
  private final Coordinator coordinator =
      Coordinator.start(cluster, CoordinatorOptions.defaults(), "scripted");
  private final Registry registry =
      new Registry(
          coordinator,
          RegistryOptions.defaults(coordinator.options()).withProtection(Protection.OFF));
  private ServiceView view;

  @BeforeEach
  void open() {
    view = registry.view("s");
  }

  private void assertShown(Freshness freshness, long revision, String... ids) {
    ServiceSnapshot now = view.snapshot();
    assertThat(now.freshness()).isEqualTo(freshness);
    assertThat(now.revision().value()).isEqualTo(revision);
    assertThat(now.instances()).extracting(RegisteredInstance::id).isEqualTo(List.of(ids));
  }

  /** Shows a and b, then loses the session; the next one is open at the end. */
  private ScriptedSession showThenLoseSession() {
    cluster.latest().deliver(snapshot(10, "a", "b"));
    assertShown(Freshness.LIVE, 10, "a", "b");
    cluster.latest().enter(SessionState.LOST);
    cluster.runTimers();
    assertThat(cluster.sessions).hasSize(2);
    cluster.runTimers();
    assertShown(Freshness.STALE, 10, "a", "b");
    return cluster.latest();
  }

  @Test
  void snapshot_beforeTheFirstDelivery_isUnknown() {
    assertShown(Freshness.STALE, 0);
  }

  @Test
  void snapshot_nobodyRegistered_isLiveAndEmpty() {
    cluster.latest().deliver(snapshot(0));

    assertShown(Freshness.LIVE, 0);
  }

  @Test
  void suspendedAndBack_isStaleUntilTheNextDelivery() {
    cluster.latest().deliver(snapshot(10, "a"));
    cluster.latest().enter(SessionState.SUSPENDED);
    assertShown(Freshness.STALE, 10, "a");

    cluster.latest().enter(SessionState.ACTIVE);
    cluster.latest().deliver(snapshot(11, "late"));
    assertShown(Freshness.STALE, 10, "a");
    cluster.runTimers();
    assertShown(Freshness.STALE, 10, "a");

    cluster.latest().deliver(snapshot(10, "a"));
    assertShown(Freshness.LIVE, 10, "a");
  }

  @Test
  void newSession_onALaggingServer_isNotShownButSettledByARead() {
    ScriptedSession next = showThenLoseSession();

    next.deliver(snapshot(5, "a"));
    assertShown(Freshness.STALE, 10, "a", "b");

    next.lists.remove().complete(snapshot(12, "b", "c"));
    assertShown(Freshness.LIVE, 12, "b", "c");
  }

  @Test
  void newSession_afterTheDirectoryVanished_showsItEmptyAtTheRevisionReached() {
    ScriptedSession next = showThenLoseSession();

    next.deliver(snapshot(0));
    next.lists.remove().complete(snapshot(0));

    assertShown(Freshness.LIVE, 10);
  }

  @Test
  void newSession_settlingReadFails_isTriedAgain() {
    ScriptedSession next = showThenLoseSession();
    next.deliver(snapshot(5, "a"));

    next.lists.remove().completeExceptionally(new UnavailableException("for the test"));
    assertShown(Freshness.STALE, 10, "a", "b");
    cluster.runTimers();
    next.lists.remove().complete(snapshot(10, "a", "b"));

    assertShown(Freshness.LIVE, 10, "a", "b");
  }

  @Test
  void newSession_watchCatchesUpBeforeTheSettlingRead_isNotTakenBackByIt() {
    ScriptedSession next = showThenLoseSession();
    next.deliver(snapshot(5, "a"));

    next.deliver(snapshot(15, "c"));
    next.lists.remove().complete(snapshot(12, "b"));

    assertShown(Freshness.LIVE, 15, "c");
  }

  @Test
  void lateAnswer_ofALostSession_isPassedOver() {
    ScriptedSession first = cluster.latest();
    ScriptedSession next = showThenLoseSession();

    first.deliver(snapshot(99, "zombie"));
    assertShown(Freshness.STALE, 10, "a", "b");

    next.deliver(snapshot(11, "c"));
    assertShown(Freshness.LIVE, 11, "c");
  }

  @Test
  void allVanish_isProtectedUntilACallerCannotReachThem() {
    try (Registry careful = new Registry(coordinator);
        ServiceView carefulView = careful.view("s")) {
      cluster.latest().deliver(snapshot(10, "a", "b"));
      cluster.latest().deliver(snapshot(11));
      ServiceSnapshot held = carefulView.snapshot();
      assertThat(held.freshness()).isEqualTo(Freshness.PROTECTED);
      assertThat(held.held()).extracting(RegisteredInstance::id).containsExactly("a", "b");

      held.held().forEach(one -> carefulView.report(one, CallResult.FAILED));

      assertThat(carefulView.snapshot().freshness()).isEqualTo(Freshness.LIVE);
      assertThat(carefulView.snapshot().isEmpty()).isTrue();
    }
  }

  @Test
  void age_ofWhatIsLive_isZeroAndOfAnythingElseSinceItWas() {
    cluster.latest().deliver(snapshot(10, "a"));
    assertThat(view.age()).contains(Duration.ZERO);
    cluster.latest().enter(SessionState.SUSPENDED);

    ServiceSnapshot stale = view.snapshot();
    assertThat(stale.age(stale.asOf().plusSeconds(7))).contains(Duration.ofSeconds(7));
    assertThat(stale.age(stale.asOf().minusSeconds(7))).contains(Duration.ZERO);
    assertThat(ServiceSnapshot.unknown("payment").age(stale.asOf())).isEmpty();
  }

  @Test
  void close_lastView_showsNoMore() {
    ServiceView other = registry.view("s");
    ScriptedSession session = cluster.latest();
    view.close();
    session.deliver(snapshot(10, "a"));
    assertShown(Freshness.LIVE, 10, "a");

    other.close();
    session.deliver(snapshot(11, "b"));

    assertShown(Freshness.STALE, 10, "a");
  }
}
