package io.holdfast.chaos.bank;

import io.holdfast.chaos.fault.ActiveFault;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.Fault.Lasts;
import io.holdfast.chaos.fault.Fault.Leaves;
import io.holdfast.testkit.postgres.PostgresServer;
import java.util.List;
import java.util.Set;

/** What can be done to the ledger's database. */
final class BankFaults {

  private BankFaults() {}

  static List<Fault> of(PostgresServer server) {
    return List.of(killed(server), paused(server));
  }

  private static Fault killed(PostgresServer server) {
    return new Fault(
        "postgres-killed",
        Set.of(),
        Leaves.NOTHING,
        Lasts.BEYOND_A_SESSION,
        target -> {
          server.kill();
          return new ActiveFault("killed PostgreSQL", () -> !server.isAlive(), server::restart);
        });
  }

  private static Fault paused(PostgresServer server) {
    return new Fault(
        "postgres-paused",
        Set.of(),
        Leaves.NOTHING,
        Lasts.BEYOND_A_SESSION,
        target -> {
          server.pause();
          return new ActiveFault("froze PostgreSQL", server::isAlive, server::resume);
        });
  }
}
