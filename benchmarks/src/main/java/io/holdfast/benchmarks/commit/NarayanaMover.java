package io.holdfast.benchmarks.commit;

import com.arjuna.ats.arjuna.common.CoordinatorEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqJournalEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqObjectStoreAdaptor;
import com.arjuna.ats.internal.arjuna.recovery.AtomicActionRecoveryModule;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.jta.common.JTAEnvironmentBean;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

/**
 * Narayana with its fastest log, the journal, and both phases asynchronous. Its settings are the
 * JVM's: one at a time.
 */
final class NarayanaMover implements Mover {

  private static final int MOST_CONNECTIONS = 48;
  private static final String NODE = "1";

  private final TransactionManager manager;
  private final List<XaPool> pools = new ArrayList<>();

  NarayanaMover(Path log, List<String> urls, int clients) throws Exception {
    configure(log);
    this.manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
    for (String url : urls) {
      pools.add(new XaPool(url, Math.min(clients, MOST_CONNECTIONS)));
    }
  }

  /** The same for all of the JVM, so that both kinds of resource can be there side by side. */
  static void configure(Path log) throws Exception {
    BeanPopulator.getDefaultInstance(CoreEnvironmentBean.class).setNodeIdentifier(NODE);
    HornetqJournalEnvironmentBean journal =
        BeanPopulator.getDefaultInstance(HornetqJournalEnvironmentBean.class);
    journal.setStoreDir(log.resolve("journal").toString());
    journal.setAsyncIO(false);
    for (String store : List.of("stateStore", "communicationStore")) {
      BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
          .setObjectStoreDir(log.toString());
    }
    ObjectStoreEnvironmentBean store =
        BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class);
    store.setObjectStoreDir(log.toString());
    store.setObjectStoreType(HornetqObjectStoreAdaptor.class.getName());
    CoordinatorEnvironmentBean coordinator =
        BeanPopulator.getDefaultInstance(CoordinatorEnvironmentBean.class);
    coordinator.setAsyncPrepare(true);
    coordinator.setAsyncCommit(true);
    coordinator.setMaxTwoPhaseCommitThreads(4 * MOST_CONNECTIONS);
    coordinator.setDefaultTimeout(60);
    JTAEnvironmentBean jta = BeanPopulator.getDefaultInstance(JTAEnvironmentBean.class);
    jta.setCommitMarkableResourceJNDINames(List.of(MarkableResource.NAME));
    RecoveryEnvironmentBean recovery =
        BeanPopulator.getDefaultInstance(RecoveryEnvironmentBean.class);
    recovery.setRecoveryModuleClassNames(
        List.of(AtomicActionRecoveryModule.class.getName(), XARecoveryModule.class.getName()));
    recovery.setRecoveryActivatorClassNames(List.of());
    recovery.setExpiryScannerClassNames(List.of());
    recovery.setRecoveryListener(false);
  }

  /**
   * Lets it recover what an earlier process has left.
   *
   * @param period seconds between looks; 0 for the defaults
   * @param backoff seconds between the two passes of a look
   */
  static RecoveryManager recover(Path log, List<String> urls, int period, int backoff)
      throws Exception {
    configure(log);
    JTAEnvironmentBean jta = BeanPopulator.getDefaultInstance(JTAEnvironmentBean.class);
    jta.setXaRecoveryNodes(List.of(NODE));
    jta.setXaResourceOrphanFilterClassNames(
        List.of(
            "com.arjuna.ats.internal.jta.recovery.arjunacore.JTATransactionLogXAResourceOrphanFilter",
            "com.arjuna.ats.internal.jta.recovery.arjunacore.JTANodeNameXAResourceOrphanFilter"));
    RecoveryEnvironmentBean recovery =
        BeanPopulator.getDefaultInstance(RecoveryEnvironmentBean.class);
    if (period > 0) {
      recovery.setPeriodicRecoveryPeriod(period);
      recovery.setRecoveryBackoffPeriod(backoff);
    }
    RecoveryManager manager = RecoveryManager.manager(RecoveryManager.INDIRECT_MANAGEMENT);
    manager.initialize();
    for (Object module : manager.getModules()) {
      if (module instanceof XARecoveryModule xa) {
        xa.addXAResourceRecoveryHelper(new Resources(urls));
      }
    }
    manager.startRecoveryManagerThread();
    return manager;
  }

  /** Where it looks for what is left. */
  private static final class Resources implements XAResourceRecoveryHelper {
    private final List<XAConnection> connections = new ArrayList<>();

    Resources(List<String> urls) throws SQLException {
      for (String url : urls) {
        connections.add(XaPool.source(url).getXAConnection());
      }
    }

    @Override
    public boolean initialise(String parameters) {
      return true;
    }

    @Override
    public XAResource[] getXAResources() throws Exception {
      XAResource[] all = new XAResource[connections.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = connections.get(i).getXAResource();
      }
      return all;
    }
  }

  @Override
  public void move(int from, int to) throws Exception {
    XaPool.Pooled debit = pools.get(0).take();
    try {
      XaPool.Pooled credit = pools.get(1).take();
      try {
        move(debit, from, credit, to);
      } finally {
        pools.get(1).giveBack(credit);
      }
    } finally {
      pools.get(0).giveBack(debit);
    }
  }

  private void move(XaPool.Pooled debit, int from, XaPool.Pooled credit, int to) throws Exception {
    manager.begin();
    boolean done = false;
    try {
      Transaction transaction = manager.getTransaction();
      transaction.enlistResource(debit.resource());
      debit.change(from, -1);
      transaction.enlistResource(credit.resource());
      credit.change(to, 1);
      done = true;
    } finally {
      if (!done) {
        manager.rollback();
      }
    }
    manager.commit();
  }

  @Override
  public void close() throws Exception {
    for (XaPool pool : pools) {
      pool.close();
    }
  }
}
