package io.holdfast.testkit.contract;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two clients of one cluster, in a namespace that no other test has. */
abstract class TwoClients {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private String namespace = "";
  Coordinator first;
  Coordinator second;

  /** The address of the cluster under test, with this namespace. */
  protected abstract String uri(String namespace);

  /** How to connect, but for session time-out and owner. */
  protected CoordinatorOptions options() {
    return CoordinatorOptions.defaults();
  }

  /** The session time-out to ask for. */
  protected Duration sessionTimeout() {
    return Duration.ofSeconds(6);
  }

  @BeforeEach
  final void connectBoth() {
    namespace = "contract/" + UUID.randomUUID();
    first = owned(connect(namespace, options("first")));
    second = owned(connect(namespace, options("second")));
  }

  @AfterEach
  final void disconnect() {
    threads.shutdownNow();
    coordinators.forEach(Coordinator::close);
  }

  /** One more client of the cluster under test. */
  protected Coordinator connect(String inNamespace, CoordinatorOptions options) {
    return Coordinator.connect(uri(inNamespace), options);
  }

  final CoordinatorOptions options(String name) {
    return options().withSessionTimeout(sessionTimeout()).withOwner(Owner.thisProcess(name));
  }

  /** Has the coordinator closed after the test. */
  final Coordinator owned(Coordinator coordinator) {
    coordinators.add(coordinator);
    return coordinator;
  }

  final String namespace() {
    return namespace;
  }

  static <T> T get(Future<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing within " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Makes the cluster forget the session, as it does when a process has crashed. */
  static void crash(Coordinator coordinator) {
    Session session = coordinator.current().orElseThrow();
    session.close();
  }
}
