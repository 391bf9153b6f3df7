package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.LossReason;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lock that is lost is told of as lost, whoever notices first, and holds nobody up. */
final class LostHoldTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final List<CoordinationEvent> told = new ArrayList<>();
  private String session = "";

  private LockGrant held(boolean shared) {
    Coordinator coordinator =
        Coordinator.start(cluster.client("holder", OPTIONS), OPTIONS, "lost hold");
    coordinator.listen(told::add);
    session = done(coordinator.session()).id();
    LockConfig options = shared ? LockConfig.defaults() : LockConfig.unshared();
    return done(new Locks(coordinator).lock("a", options).exclusive().acquireAsync());
  }

  private <T> T done(CompletableFuture<T> future) {
    assertThat(time.runUntil(future::isDone, OPTIONS.sessionTimeout())).isTrue();
    return future.join();
  }

  private void expectLost(LockGrant grant, LossReason reason) {
    CompletableFuture<LossReason> lost = grant.lost().toCompletableFuture();
    assertThat(grant.state()).isEqualTo(GrantState.LOST);
    assertThat(done(lost)).isEqualTo(reason);
    time.advance(Duration.ZERO);
    assertThat(told).filteredOn(CoordinationEvent.Released.class::isInstance).isEmpty();
    assertThat(told)
        .filteredOn(CoordinationEvent.Lost.class::isInstance)
        .singleElement()
        .satisfies(
            event -> assertThat(((CoordinationEvent.Lost) event).reason()).isEqualTo(reason));
  }

  /** As whoever polls {@code ensureHeld} does, and then leaves the block of the hold. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void close_whileTheHoldIsNotProven_returnsAtOnceAndCountsAsLost(boolean shared) {
    LockGrant grant = held(shared);
    cluster.cut("holder");
    assertThat(time.runUntil(() -> !grant.isHeld(), OPTIONS.sessionTimeout())).isTrue();

    grant.close();

    expectLost(grant, LossReason.DEADLINE_PASSED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lost_sessionExpired_isToldOnce(boolean shared) {
    LockGrant grant = held(shared);
    CompletableFuture<LossReason> lost = grant.lost().toCompletableFuture();
    time.advance(Duration.ofSeconds(1));
    cluster.expire(session);
    done(lost);

    grant.close();

    expectLost(grant, LossReason.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void close_inTime_isNotLost(boolean shared) {
    LockGrant grant = held(shared);

    done(grant.release());

    assertThat(grant.state()).isEqualTo(GrantState.RELEASED);
    time.advance(OPTIONS.sessionTimeout());
    assertThat(told).filteredOn(CoordinationEvent.Lost.class::isInstance).isEmpty();
    assertThat(told).filteredOn(CoordinationEvent.Released.class::isInstance).hasSize(1);
  }
}
