package io.holdfast.lock.internal.upgrade;

import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.internal.queue.GrantHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The handle through which a caller uses an {@link UpgradableHold}. */
final class UpgradableHandle extends GrantHandle<UpgradableHold> implements ConvertibleGrant {

  UpgradableHandle(UpgradableHold hold) {
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
