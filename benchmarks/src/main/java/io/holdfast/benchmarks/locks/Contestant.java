package io.holdfast.benchmarks.locks;

import io.holdfast.lock.LockConfig;
import java.time.Duration;
import java.util.List;

/** One way to have locks in a cluster: ours, or a peer's. */
interface Contestant extends AutoCloseable {

  /** One lock, or several to be held at once, as one thread uses them. */
  @FunctionalInterface
  interface Mutex {
    /** Waits for it, and gives what releases it. */
    AutoCloseable acquire() throws Exception;

    /** Acquires it and releases it. */
    default void cycle() throws Exception {
      acquire().close();
    }
  }

  /** A mutex for one thread, over one name or several. */
  Mutex mutex(List<String> names) throws Exception;

  @Override
  void close();

  /** Who there is. */
  enum Side {
    /** Holdfast; the address is a URI. */
    HOLDFAST {
      @Override
      Contestant connect(String address) {
        return HoldfastLocks.plain(address);
      }
    },
    /** Holdfast, whose holds end without waiting until the cluster knows. */
    CLOSING_AT_ONCE {
      @Override
      Contestant connect(String address) {
        return HoldfastLocks.closingAtOnce(address);
      }
    },
    /** Holdfast, handing locks over within a process, with the bounds that are the default. */
    HANDING_OVER {
      @Override
      Contestant connect(String address) {
        return new HoldfastLocks(LockConfig.defaults(), address);
      }
    },
    /** Holdfast, keeping places between holds. */
    RETAINING {
      @Override
      Contestant connect(String address) {
        return new HoldfastLocks(
            LockConfig.defaults().withRetention(Duration.ofMinutes(1)), address);
      }
    },
    /** Curator's InterProcessMutex and InterProcessMultiLock; the address is a connect string. */
    CURATOR {
      @Override
      Contestant connect(String address) {
        return new CuratorLocks(address);
      }
    },
    /** No locks, only the writes that cannot be saved: create and delete, by ZooKeeper's client. */
    BARE_ZOOKEEPER {
      @Override
      Contestant connect(String address) {
        return new BareWrites.OnZooKeeper(address);
      }
    },
    /** Likewise put and delete, by jetcd. */
    BARE_ETCD {
      @Override
      Contestant connect(String address) {
        return new BareWrites.OnEtcd(address);
      }
    },
    /** jetcd's Lock, several of them in turn; the address is an endpoint. */
    JETCD {
      @Override
      Contestant connect(String address) {
        return new JetcdLocks(address);
      }
    };

    abstract Contestant connect(String address);
  }
}
