package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.Deadlocks;
import io.holdfast.admin.Generations;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.LockWatch;
import io.holdfast.coordination.Coordinator;
import io.holdfast.election.Elections;
import io.holdfast.election.Leadership;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whoever is told of something may block in that moment, and ask for more: no future and no
 * listener of the public API is called on what the session lives on.
 */
public abstract class CallbacksContract extends TwoClients {

  /** What goes by way of the session's context, and so never comes back if that is blocked. */
  private static void block(Coordinator coordinator) {
    get(new LockQueues(coordinator).names());
  }

  private void blockInEach(List<Supplier<CompletableFuture<?>>> questions) {
    Session session = first.current().orElseThrow();
    for (Supplier<CompletableFuture<?>> question : questions) {
      get(question.get().thenRun(() -> block(first)));
    }
    assertThat(first.current()).contains(session);
  }

  @Test
  void locks_futures_bearWhoeverBlocks() throws InterruptedException {
    Locks locks = new Locks(first);
    LockQueues queues = new LockQueues(first);
    LockGrant grant = locks.lock("orders").exclusive().acquire();
    blockInEach(
        List.of(
            queues::names,
            queues::inspectNames,
            () -> queues.queue("orders"),
            () -> queues.nativePath("orders"),
            () -> new Deadlocks(first).find(),
            () -> new AuditTrail(first).list(),
            () -> new Generations(first).current(),
            () -> locks.lock("others").exclusive().acquireAsync(),
            () -> queues.forceRelease(get(queues.queue("orders")).get(0), "test"),
            () -> grant.lost().toCompletableFuture(),
            grant::release));
  }

  @Test
  void elections_futures_bearWhoeverBlocks() throws InterruptedException {
    Elections elections = new Elections(first);
    Leadership leadership = elections.election("nightly").campaign();
    blockInEach(
        List.of(
            elections::names,
            () -> elections.candidates("nightly"),
            () -> elections.election("nightly").leader(),
            () -> leadership.proclaim("here"),
            leadership::resign));
  }

  @Test
  void registry_futures_bearWhoeverBlocks() {
    RegistryAdmin admin = new RegistryAdmin(first);
    try (Registry registry = new Registry(first)) {
      Registration registration =
          registry.registerAsync(ServiceInstance.http("payment", "a", "10.0.0.1", 80));
      blockInEach(
          List.of(
              registration::published,
              registry::services,
              () -> registry.list("payment"),
              () -> registration.updateStatus(InstanceStatus.UP),
              () -> admin.override("payment", "a", InstanceStatus.DOWN, "test", "test"),
              () -> admin.clearOverride("payment", "a", "test", ""),
              () -> registration.drain(Duration.ofSeconds(30)),
              () -> admin.deregister("payment", "b", "test", "test"),
              registration::closeAsync));
    }
  }

  @Test
  void locks_watchers_bearWhoeverBlocks() throws InterruptedException {
    CompletableFuture<Void> told = new CompletableFuture<>();
    try (LockWatch watch =
            new LockQueues(first)
                .watch(
                    "orders",
                    change -> {
                      block(first);
                      told.complete(null);
                    });
        LockGrant grant = new Locks(second).lock("orders").exclusive().acquire()) {
      get(told);
      assertThat(grant.isHeld()).isTrue();
    }
  }
}
