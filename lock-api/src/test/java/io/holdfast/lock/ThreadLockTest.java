package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.internal.queue.ProvableGrant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A hold of which nothing is heard, neither good nor bad: what its thread is told. */
@SuppressWarnings("LockNotBeforeTry") // how often to lock and unlock is what is tested
final class ThreadLockTest {

  /** A hold that nobody else can tell anything of. */
  private static final class SilentGrant implements ProvableGrant {
    private boolean proven = true;
    private boolean canBeProven;
    private boolean closed;

    @Override
    public boolean prove() {
      proven = canBeProven;
      return proven;
    }

    @Override
    public LockName name() {
      return new LockName("orders");
    }

    @Override
    public FencingToken token() {
      return FencingToken.of(new io.holdfast.coordination.Generation(0), new Revision(1));
    }

    @Override
    public GrantState state() {
      return proven ? GrantState.HELD : GrantState.AT_RISK;
    }

    @Override
    public boolean isHeld() {
      return proven;
    }

    @Override
    public Duration remaining() {
      return Duration.ZERO;
    }

    @Override
    public void ensureHeld() {}

    @Override
    public Transaction guard(Transaction transaction) {
      return transaction;
    }

    @Override
    public CompletionStage<LossReason> lost() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> release() {
      closed = true;
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static DistributedLock lockOf(LockGrant grant) {
    return new DistributedLock() {
      @Override
      public LockName name() {
        return grant.name();
      }

      @Override
      public LockGrant acquire() {
        return grant;
      }

      @Override
      public Optional<LockGrant> tryAcquire() {
        return Optional.of(grant);
      }

      @Override
      public Optional<LockGrant> tryAcquire(Duration wait) {
        return tryAcquire();
      }

      @Override
      public CompletableFuture<LockGrant> acquireAsync() {
        return CompletableFuture.completedFuture(grant);
      }
    };
  }

  private final SilentGrant grant = new SilentGrant();
  private final ThreadLock lock = ThreadLock.of(lockOf(grant));

  @Test
  void reenter_holdNotProven_isRefused() {
    lock.lock();
    grant.proven = false;

    assertThatThrownBy(lock::lock).isInstanceOf(LockLostException.class);
    assertThatThrownBy(lock::tryLock).isInstanceOf(LockLostException.class);
    assertThatThrownBy(() -> lock.tryLock(1, TimeUnit.SECONDS))
        .isInstanceOf(LockLostException.class);
    assertThat(lock.holdCount()).isEqualTo(1);
  }

  @Test
  void reenter_holdProvenWhenAsked_goesOn() {
    lock.lock();
    grant.proven = false;
    grant.canBeProven = true;

    lock.lock();
    grant.proven = false;
    lock.unlock();
    lock.unlock();

    assertThat(grant.closed).isTrue();
  }

  @Test
  void unlock_holdNotProven_saysSoAndLeaves() {
    lock.lock();
    grant.proven = false;

    assertThatThrownBy(lock::unlock)
        .isInstanceOf(LockLostException.class)
        .hasMessageContaining("cannot be proven");

    assertThat(grant.closed).isTrue();
    assertThat(lock.holdCount()).isZero();
  }
}
