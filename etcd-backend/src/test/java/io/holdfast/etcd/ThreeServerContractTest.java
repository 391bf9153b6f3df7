package io.holdfast.etcd;

import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.contract.DeadlockContract;
import io.holdfast.testkit.contract.ElectionContract;
import io.holdfast.testkit.contract.GenerationContract;
import io.holdfast.testkit.contract.GroupCommitContract;
import io.holdfast.testkit.contract.HandOverContract;
import io.holdfast.testkit.contract.InspectionContract;
import io.holdfast.testkit.contract.LockContract;
import io.holdfast.testkit.contract.LockLimitsContract;
import io.holdfast.testkit.contract.LockModesContract;
import io.holdfast.testkit.contract.RegistryContract;
import io.holdfast.testkit.contract.RegistryResilienceContract;
import io.holdfast.testkit.contract.ThreadLockContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Every contract, on one cluster of three servers. */
final class ThreeServerContractTest {

  private static EtcdCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(3);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Nested
  final class Primitives extends BackendContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class GroupCommits extends GroupCommitContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class HandOver extends HandOverContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Locks extends LockContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class LockLimits extends LockLimitsContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class LockModes extends LockModesContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Services extends RegistryContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class ServicesInTrouble extends RegistryResilienceContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class GenerationOfTokens extends GenerationContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Inspection extends InspectionContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Elections extends ElectionContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class ThreadLocks extends ThreadLockContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Deadlocks extends DeadlockContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }
}
