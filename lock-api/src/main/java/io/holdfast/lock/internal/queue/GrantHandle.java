package io.holdfast.lock.internal.queue;

import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.MultiGrant;
import io.holdfast.lock.UpgradableGrant;
import io.holdfast.lock.WriteGrant;
import io.holdfast.lock.internal.upgrade.UpgradableHold;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link HoldHandle} of one lock.
 *
 * @param <H> the hold itself
 */
public sealed class GrantHandle<H extends LockGrant> extends HoldHandle<H> implements LockGrant {

  public GrantHandle(H hold) {
    super(hold);
  }

  /** The grant itself, if this one was handed out. */
  public static LockGrant itself(LockGrant grant) {
    return grant instanceof GrantHandle<?> handed ? handed.hold() : grant;
  }

  @Override
  public LockName name() {
    return hold().name();
  }

  @Override
  public FencingToken token() {
    return hold().token();
  }

  /** A writer's that may go on as a reader. */
  public static final class Write extends GrantHandle<QueueGrant> implements WriteGrant {

    public Write(QueueGrant hold) {
      super(hold);
    }

    @Override
    public CompletableFuture<Void> downgrade() {
      return hold().downgrade();
    }
  }

  /** A reader's that may come to write. */
  public static final class Upgradable extends GrantHandle<UpgradableHold>
      implements UpgradableGrant {

    public Upgradable(UpgradableHold hold) {
      super(hold);
    }

    @Override
    public LockGrant upgrade() throws InterruptedException {
      return hold().upgrade();
    }

    @Override
    public Optional<LockGrant> tryUpgrade() {
      return hold().tryUpgrade();
    }

    @Override
    public Optional<LockGrant> tryUpgrade(Duration wait) throws InterruptedException {
      return hold().tryUpgrade(wait);
    }

    @Override
    public CompletableFuture<LockGrant> upgradeAsync() {
      return hold().upgradeAsync();
    }

    @Override
    public CompletableFuture<Void> downgrade() {
      return hold().downgrade();
    }
  }

  /** Of several locks. */
  public static final class Multi extends HoldHandle<QueueGrant> implements MultiGrant {

    public Multi(QueueGrant hold) {
      super(hold);
    }

    @Override
    public List<LockName> names() {
      return hold().names();
    }

    @Override
    public FencingToken token(LockName lock) {
      return hold().token(lock);
    }
  }
}
