package io.holdfast.testkit.contract;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import org.junit.jupiter.api.Nested;

/** The contracts of locks and elections, on one cluster. Each test has a namespace of its own. */
public abstract class LockContracts {

  /** The address of the cluster under test, with this namespace. */
  protected abstract String uri(String namespace);

  /** Makes a client; for those who do so otherwise than by the address. */
  protected Coordinator connect(String namespace, CoordinatorOptions options) {
    return Coordinator.connect(uri(namespace), options);
  }

  @Nested
  final class Locks extends LockContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class ClosingOfHolds extends ClosingContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class Waits extends WaitsContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class Guards extends GuardContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class LockModes extends LockModesContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class Upgrades extends UpgradeContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class Callbacks extends CallbacksContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class LockLimits extends LockLimitsContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class HandOver extends HandOverContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class ThreadLocks extends ThreadLockContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }

  @Nested
  final class Elections extends ElectionContract {
    @Override
    protected String uri(String namespace) {
      return LockContracts.this.uri(namespace);
    }

    @Override
    protected Coordinator connect(String namespace, CoordinatorOptions options) {
      return LockContracts.this.connect(namespace, options);
    }
  }
}
