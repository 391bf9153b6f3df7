package io.holdfast.registry.internal.publication;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.contract.LogCapture;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is logged when an entry is gone, in virtual time. */
@Isolated("reads what the whole process logs")
final class PublicationLogTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();
  private static final Key KEY = Key.of("services", "billing", "b-1");

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final Coordinator coordinator =
      Coordinator.start(cluster.client("client", OPTIONS), OPTIONS, "memory");
  private final Registry registry = new Registry(coordinator, RegistryOptions.defaults(OPTIONS));
  private final LogCapture log = new LogCapture();
  private final Registration registration =
      registry.registerAsync(ServiceInstance.http("billing", "b-1", "10.0.0.7", 80));

  @BeforeEach
  void register() {
    until(registration::isPublished);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void until(BooleanSupplier condition) {
    assertThat(time.runUntil(condition, Duration.ofMinutes(1))).isTrue();
  }

  private Revision epoch() {
    return registration.epoch().orElseThrow();
  }

  private List<String> warnings() {
    return log.messages(Publication.class.getName(), Level.WARN);
  }

  /**
   * The client hears nothing until its session is over. The cluster hears the client, and keeps the
   * session: what would close it does not arrive.
   */
  private void loseRepliesUntilTheSessionIsLost() {
    cluster.faults(
        (client, message) ->
            message.direction() == Faults.Direction.REPLY || isClose(message)
                ? Faults.Fate.LOST
                : Faults.Fate.ARRIVES);
    until(() -> coordinator.current().isEmpty() && !registration.isPublished());
  }

  private static boolean isClose(Faults.Message message) {
    return message.operation().equals("close");
  }

  /** Ends a session while the reply to the next request of this kind is on its way. */
  private AtomicBoolean expireAtReply(String session, String operation) {
    AtomicBoolean expired = new AtomicBoolean();
    cluster.faults(
        (client, message) -> {
          if (message.operation().equals(operation)
              && message.direction() == Faults.Direction.REPLY
              && !expired.getAndSet(true)) {
            cluster.expire(session);
          }
          return isClose(message) ? Faults.Fate.LOST : Faults.Fate.ARRIVES;
        });
    return expired;
  }

  /** Its put is refused ({@code commit}), or its look finds what its put over it no longer does. */
  @ParameterizedTest
  @ValueSource(strings = {"commit", "list"})
  void nextSession_formerOneExpiresMeanwhile_registersAgainWithoutAWarning(String operation) {
    Revision before = epoch();
    String former = coordinator.current().orElseThrow().id();
    loseRepliesUntilTheSessionIsLost();
    AtomicBoolean expired = expireAtReply(former, operation);

    until(registration::isPublished);

    assertThat(expired).isTrue();
    assertThat(epoch()).isGreaterThan(before);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void entry_removedByAnother_isPutBackWithAWarning() {
    Revision before = epoch();

    coordinator.session().thenCompose(session -> session.commit(Transaction.EMPTY.delete(KEY)));
    until(() -> registration.isPublished() && epoch().compareTo(before) > 0);

    assertThat(warnings()).singleElement().asString().contains("was removed by another process");
  }

  @Test
  void sessionExpires_isNoRemoval_andALaterRemovalIsOne() {
    Revision before = epoch();
    cluster.expire(coordinator.current().orElseThrow().id());
    until(() -> registration.isPublished() && epoch().compareTo(before) > 0);
    assertThat(warnings()).isEmpty();

    entry_removedByAnother_isPutBackWithAWarning();
  }
}
