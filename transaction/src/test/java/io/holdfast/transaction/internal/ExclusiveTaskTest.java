package io.holdfast.transaction.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.testkit.memory.VirtualTime;
import io.holdfast.testkit.memory.VirtualTime.PausableContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who does a duty, and who comes after. */
final class ExclusiveTaskTest {

  private final VirtualTime time = new VirtualTime(1);
  private final SimulatedLock lock = new SimulatedLock(new Random(1));

  /** Seals or does not, and notes how often it has begun and ended. */
  private final class Worker implements ExclusiveTask.Work {
    private final boolean canSeal;
    private final ExclusiveTask exclusiveTask;
    private int begun;
    private int ended;
    private @Nullable LockGrant grant;

    Worker(String name, boolean canSeal) {
      this.canSeal = canSeal;
      PausableContext context = time.newContext();
      this.exclusiveTask = new ExclusiveTask(name, context, () -> lock.acquire(context), this);
      exclusiveTask.start();
    }

    @Override
    public CompletionStage<Void> seal(FencingToken token) {
      return canSeal
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.failedFuture(new UnavailableException("no route to the database"));
    }

    @Override
    public void begin(LockGrant held) {
      begun++;
      grant = held;
    }

    @Override
    public void end() {
      ended++;
    }
  }

  private void pass(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  @Test
  void holder_cannotReachTheDatabase_leavesItToOthers() {
    Worker cut = new Worker("cut", false);
    Worker other = new Worker("other", true);
    pass(30);
    assertThat(cut.begun).isZero();
    assertThat(other.begun).isEqualTo(1);
    assertThat(other.ended).isZero();
  }

  @Test
  void holder_deposed_endsAndComesBackLater() {
    Worker first = new Worker("first", true);
    Worker second = new Worker("second", true);
    pass(5);
    assertThat(first.begun - first.ended).isEqualTo(1);
    lock.depose();
    pass(5);
    assertThat(first.ended).isEqualTo(1);
    assertThat(second.begun - second.ended).isEqualTo(1);
    second.exclusiveTask.retire(Objects.requireNonNull(second.grant));
    pass(5);
    assertThat(second.ended).isEqualTo(1);
    assertThat(first.begun).isEqualTo(2);
    CompletableFuture<Void> closed = first.exclusiveTask.close();
    pass(5);
    assertThat(closed).isDone();
    assertThat(first.ended).isEqualTo(2);
    assertThat(second.begun).isEqualTo(2);
  }
}
