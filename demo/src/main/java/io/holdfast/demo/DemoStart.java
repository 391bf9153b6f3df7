package io.holdfast.demo;

import io.holdfast.cli.console.Teardown;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.load.LoadCallers;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.load.ScenarioLoad;
import io.holdfast.payment.security.CallerAdmin;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;

/** Starts the servers, nodes and clients of a demo. */
final class DemoStart {

  /** So many that no shard is without one: each has to take a payment after a takeover. */
  static final int ACCOUNTS = 120;

  private static final int CLIENTS = 16;

  private final DemoPlan plan;
  private final ProgressLog.Printer printer;
  private final Teardown teardown;
  private final String run = "demo" + Integer.toString(new SecureRandom().nextInt(1 << 30), 36);

  DemoStart(DemoPlan plan, ProgressLog.Printer printer, Teardown teardown) {
    this.plan = plan;
    this.printer = printer;
    this.teardown = teardown;
  }

  RunningDemo start() throws IOException, SQLException, InterruptedException {
    TemporaryFolder folder = teardown.add(TemporaryFolder.create("holdfast-demo-"));
    printer.say("starting the cluster, PostgreSQL, an acquirer and %d nodes", plan.nodes());
    DemoCluster cluster = teardown.add(DemoCluster.of(plan, run));
    printer.say("  %s", cluster.description());
    Coordinator coordinator =
        teardown.add(
            Coordinator.connect(
                cluster.uri(), CoordinatorOptions.defaults().withOwner(Owner.thisProcess("demo"))));
    AcquirerProcess acquirer = teardown.add(AcquirerProcess.start(folder.path(), plan.seed()));
    printer.say(
        "  acquirer at %s, pid %d: some of its answers are lost, late or errors",
        acquirer.uri(), acquirer.pid());
    LedgerServer ledger = teardown.add(LedgerServer.start(folder.path()));
    printer.say(
        "  PostgreSQL on port %d with the ledger's databases %s",
        ledger.port(), ledger.databases().keySet());
    DemoCredentials credentials =
        teardown.add(DemoCredentials.create(folder.path(), new CallerAdmin(coordinator)));
    credentials.add(new LoadCallers(run).roles());
    NodeFleet fleet =
        teardown.add(new NodeFleet(cluster, ledger, acquirer, credentials, plan, folder.path()));
    for (int i = 1; i <= plan.nodes(); i++) {
      fleet.start("node-" + i);
      printer.say("  node-%d, pid %d", i, fleet.pid("node-" + i));
    }
    Registry registry = teardown.add(new Registry(coordinator));
    ServiceView view = teardown.add(registry.view(PaymentDirectory.SERVICE));
    return clients(coordinator, view, new Servers(cluster, ledger, acquirer, credentials, fleet));
  }

  private record Servers(
      DemoCluster cluster,
      LedgerServer ledger,
      AcquirerProcess acquirer,
      DemoCredentials credentials,
      NodeFleet fleet) {}

  private RunningDemo clients(Coordinator coordinator, ServiceView view, Servers servers) {
    ShardMap map = new ShardMap(plan.shards());
    LoadConfig config =
        LoadConfig.of(run)
            .withSize(CLIENTS, ACCOUNTS)
            .withRate(plan.ratePerSecond())
            .withSeed(plan.seed());
    LoadTarget target = servers.credentials().target(new PaymentDirectory(view).nodes(), map);
    LoadGenerator load = teardown.add(new LoadGenerator(config, target));
    ScenarioLoad scenarios = teardown.add(new ScenarioLoad(config, target, load.journal()));
    Audit audit = new Audit(servers.ledger().databases(), PaymentNode.auditRules());
    return new RunningDemo(
        plan,
        servers.cluster(),
        servers.ledger(),
        servers.acquirer(),
        servers.credentials(),
        servers.fleet(),
        coordinator,
        view,
        audit,
        target,
        new LoadCallers(run),
        load,
        scenarios);
  }
}
