package io.holdfast.chaos.bank;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadReport;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.load.Recovery;
import io.holdfast.payment.load.ScenarioLoad;
import java.util.LinkedHashMap;
import java.util.Map;

/** The bank's clients: they pay each other, buy, top up by card, and borrow. For one thread. */
final class BankClients implements AutoCloseable {

  private final LoadGenerator transfers;
  private final ScenarioLoad scenarios;

  /** None of them does anything yet. */
  BankClients(LoadConfig config, LoadBalancer nodes, ShardMap map) {
    LoadTarget target = LoadTarget.open(nodes, map);
    transfers = new LoadGenerator(config, target);
    scenarios = new ScenarioLoad(config, target, transfers.journal());
  }

  /**
   * Opens the accounts, and lets them all begin.
   *
   * @param waysPerSecond how many ways through the scenarios begin in a second
   */
  void start(int waysPerSecond) throws InterruptedException {
    transfers.openAccounts();
    scenarios.open();
    transfers.start();
    scenarios.start(waysPerSecond);
  }

  Recovery recovery() {
    return transfers.recovery();
  }

  /** What they asked for and were told. */
  ClientJournal journal() {
    return transfers.journal();
  }

  /** Their numbers by scenario. */
  Map<String, LoadReport> reports() {
    Map<String, LoadReport> reports = new LinkedHashMap<>();
    reports.put("transfers", transfers.report());
    reports.putAll(scenarios.reports());
    return reports;
  }

  /** Lets each have its last answer. */
  void stop() throws InterruptedException {
    transfers.stop();
    scenarios.stop();
  }

  @Override
  public void close() {
    scenarios.close();
    transfers.close();
  }
}
