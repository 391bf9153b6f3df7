package io.holdfast.chaos.bank;

import io.holdfast.chaos.fault.ActiveFault;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.Fault.Lasts;
import io.holdfast.chaos.fault.Fault.Leaves;
import io.holdfast.chaos.fault.Target;
import io.holdfast.testkit.postgres.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What can be done to one of the ledger's databases, and to the acquirer. */
final class BankFaults {

  private BankFaults() {}

  static List<Fault> of(BankDatabases databases, BankAcquirer acquirer) {
    return List.of(
        fault("postgres-killed", Lasts.BEYOND_A_SESSION, one(databases, BankFaults::killed)),
        fault("postgres-paused", Lasts.BEYOND_A_SESSION, one(databases, BankFaults::paused)),
        fault("postgres-cut", Lasts.BRIEFLY, one(databases, BankFaults::cut)),
        fault("acquirer-killed", Lasts.BRIEFLY, target -> killed(acquirer)),
        fault("acquirer-crashed", Lasts.BRIEFLY, target -> crashed(acquirer)),
        fault("acquirer-refusing", Lasts.BRIEFLY, target -> refusing(acquirer)),
        fault("acquirer-failing", Lasts.BRIEFLY, target -> failing(acquirer)));
  }

  /** Whether it is of these, and none of the locks' chaos. */
  static boolean isOne(Fault fault) {
    return fault.name().startsWith("postgres-") || fault.name().startsWith("acquirer-");
  }

  private static Fault fault(String name, Lasts lasts, Function<Target, ActiveFault> inject) {
    return new Fault(name, Set.of(), Leaves.NOTHING, lasts, inject);
  }

  /** One of the two, as it falls. */
  private static Function<Target, ActiveFault> one(
      BankDatabases databases, BiFunction<String, PostgresServer, ActiveFault> fault) {
    return target -> {
      List<Map.Entry<String, PostgresServer>> all = List.copyOf(databases.servers().entrySet());
      Map.Entry<String, PostgresServer> hit = all.get(target.random().nextInt(all.size()));
      return fault.apply("database " + hit.getKey(), hit.getValue());
    };
  }

  private static ActiveFault killed(String name, PostgresServer server) {
    server.kill();
    return new ActiveFault("killed " + name, () -> !server.isAlive(), server::restart);
  }

  private static ActiveFault paused(String name, PostgresServer server) {
    server.pause();
    return new ActiveFault("froze " + name, server::isAlive, server::resume);
  }

  /** Those that are made anew, too, as long as it lasts. */
  private static ActiveFault cut(String name, PostgresServer server) {
    AtomicInteger cut = new AtomicInteger(server.cutConnections());
    return new ActiveFault(
        "cut the connections of " + name,
        () -> cut.addAndGet(server.cutConnections()) > 0,
        server::cutConnections);
  }

  private static ActiveFault killed(BankAcquirer acquirer) {
    acquirer.kill();
    return new ActiveFault("killed the acquirer", () -> !acquirer.isAlive(), acquirer::restart);
  }

  private static ActiveFault crashed(BankAcquirer acquirer) {
    acquirer.crashAtNext();
    return new ActiveFault(
        "had the acquirer crash after a charge", () -> !acquirer.isAlive(), acquirer::restart);
  }

  private static ActiveFault refusing(BankAcquirer acquirer) {
    acquirer.refuse();
    return new ActiveFault(
        "had the acquirer refuse connections", acquirer::refuses, acquirer::accept);
  }

  private static ActiveFault failing(BankAcquirer acquirer) {
    int before = acquirer.charges().size();
    acquirer.bad();
    return new ActiveFault(
        "had the acquirer lose, double and delay",
        () -> acquirer.charges().size() > before + 1,
        acquirer::usual);
  }
}
