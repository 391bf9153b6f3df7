package io.holdfast.benchmarks.commit;

import java.time.Duration;
import java.util.List;

/**
 * Escrow, the commit's best way to move money between two databases, for others to be measured
 * beside it: they use its store and its servers.
 */
public final class EscrowTransfers implements AutoCloseable {

  private final Store store;
  private final Ledgers ledgers;
  private final EscrowMover mover;

  private EscrowTransfers(Store store, Ledgers ledgers) throws Exception {
    this.store = store;
    this.ledgers = ledgers;
    this.mover =
        new EscrowMover(store.uri(), List.of(ledgers.url(0), ledgers.url(1)), Ledgers.ACCOUNTS);
  }

  /**
   * Starts all of it.
   *
   * @param stores how many servers the store has
   * @param databases how many PostgreSQL there are; escrow uses the first two
   */
  public static EscrowTransfers start(boolean zooKeeper, int stores, int databases)
      throws Exception {
    Store store = zooKeeper ? Store.zooKeeper(stores) : Store.etcd(stores);
    try {
      Ledgers ledgers = new Ledgers(databases);
      try {
        return new EscrowTransfers(store, ledgers);
      } catch (Exception e) {
        ledgers.close();
        throw e;
      }
    } catch (Exception e) {
      store.close();
      throw e;
    }
  }

  /** The store's kind. */
  public String storeName() {
    return store.name();
  }

  /** A part of the store for one ledger alone. */
  public String storeUri(String name) {
    return store.uri() + "-" + name;
  }

  /** The address of a new, empty database on one of the servers. */
  public String freshUrl(int server) {
    return ledgers.freshUrl(server);
  }

  /** How many transfers a second so many clients make; counted until nothing is in doubt. */
  public double perSecond(int clients, Duration duration) throws Exception {
    return Load.run(mover, ledgers, clients, duration, Load.Accounts.SPREAD).perSecond();
  }

  @Override
  public void close() throws Exception {
    mover.close();
    ledgers.close();
    store.close();
  }
}
