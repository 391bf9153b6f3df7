package io.holdfast.lock;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A {@link HandedHold} of one lock.
 *
 * @param <H> the hold itself
 */
class HandedGrant<H extends LockGrant> extends HandedHold<H> implements LockGrant {

  HandedGrant(H hold) {
    super(hold);
  }

  /** The grant itself, if this one was handed out. */
  static LockGrant itself(LockGrant grant) {
    return grant instanceof HandedGrant<?> handed ? handed.hold() : grant;
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
  static final class Write extends HandedGrant<QueueGrant> implements WriteGrant {

    Write(QueueGrant hold) {
      super(hold);
    }

    @Override
    public CompletableFuture<Void> downgrade() {
      return hold().downgrade();
    }
  }

  /** A reader's that may come to write. */
  static final class Upgradable extends HandedGrant<UpgradableHold> implements UpgradableGrant {

    Upgradable(UpgradableHold hold) {
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
  static final class Multi extends HandedHold<QueueGrant> implements MultiGrant {

    Multi(QueueGrant hold) {
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
