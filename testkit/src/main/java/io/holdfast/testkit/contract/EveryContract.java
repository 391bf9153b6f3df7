package io.holdfast.testkit.contract;

import io.holdfast.coordination.Coordinator;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Everything that a backend has to fulfil, on one cluster. A backend's test extends this and says
 * where the cluster is. Tests run side by side, each in a namespace of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
public abstract class EveryContract extends LockContracts {

  /**
   * A client of a cluster that cannot be reached.
   *
   * @return empty if an address at which nobody listens will do
   */
  protected Optional<Coordinator> unreachable() {
    return Optional.empty();
  }

  @Nested
  final class Primitives extends BackendContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class GroupCommits extends GroupCommitContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class Namespaces extends NamespaceContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class LockNames extends LockNamesContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class GenerationOfTokens extends GenerationContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class Inspection extends InspectionContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class Deadlocks extends DeadlockContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class Leases extends LeaseContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class Services extends RegistryContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }
  }

  @Nested
  final class ServicesInTrouble extends RegistryResilienceContract {
    @Override
    protected String uri(String namespace) {
      return EveryContract.this.uri(namespace);
    }

    @Override
    protected Coordinator unreachable(String namespace) {
      return EveryContract.this.unreachable().orElseGet(() -> super.unreachable(namespace));
    }
  }
}
