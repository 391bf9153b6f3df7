package io.holdfast.payment.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.Fence;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who gets in, and when the last has left. */
class ShardGateTest {

  private final ShardGate gate = new ShardGate();
  private final Fence fence = new Fence(3, new FencingToken(0, Revision.NONE, 1));

  @Test
  void enter_closed_isRefused() {
    assertThat(gate.enter()).isEmpty();
    assertThat(gate.close()).isDone();
  }

  @Test
  void enter_grantNoLongerHeld_isRefused() {
    AtomicBoolean held = new AtomicBoolean(true);
    gate.open(fence, held::get);
    assertThat(gate.enter()).isPresent();

    held.set(false);

    assertThat(gate.enter()).isEmpty();
    assertThat(gate.fence()).isEmpty();
  }

  @Test
  void close_withSomebodyInside_completesWhenTheLastHasLeft() {
    gate.open(fence, () -> true);
    ShardPass first = gate.enter().orElseThrow();
    ShardPass second = gate.enter().orElseThrow();

    CompletableFuture<Void> left = gate.close();
    assertThat(gate.enter()).isEmpty();
    first.close();
    first.close();
    assertThat(left).isNotDone();
    second.close();

    assertThat(left).isDone();
  }

  @Test
  void open_again_doesNotCountThoseOfTheEarlierTenure() {
    gate.open(fence, () -> true);
    ShardPass early = gate.enter().orElseThrow();
    gate.close();
    gate.open(new Fence(3, new FencingToken(0, Revision.NONE, 2)), () -> true);

    assertThat(gate.close()).isDone();
    early.close();
  }
}
