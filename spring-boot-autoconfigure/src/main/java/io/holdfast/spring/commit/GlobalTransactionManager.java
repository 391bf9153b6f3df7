package io.holdfast.spring.commit;

import io.holdfast.transaction.Transactions;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions, of which each is a {@link GlobalWork}. The thread's is a resource under
 * this manager; next to it are the connections of the enlisted databases.
 */
final class GlobalTransactionManager extends AbstractPlatformTransactionManager {

  private static final long serialVersionUID = 1;

  private final transient Transactions transactions;
  private final transient List<EnlistedDatabase> databases;
  private final transient GlobalTransactions.Options options;
  private final transient ObservationRegistry observations;

  GlobalTransactionManager(
      Transactions transactions,
      List<EnlistedDatabase> databases,
      GlobalTransactions.Options options,
      ObservationRegistry observations) {
    this.transactions = transactions;
    this.databases = databases;
    this.options = options;
    this.observations = observations;
  }

  /** What Spring hands around; the work is empty until it begins. */
  private static final class Handle implements SmartTransactionObject {
    private @Nullable GlobalWork work;

    Handle(@Nullable GlobalWork work) {
      this.work = work;
    }

    GlobalWork work() {
      GlobalWork there = work;
      if (there == null) {
        throw new IllegalTransactionStateException("no global transaction has begun");
      }
      return there;
    }

    @Override
    public boolean isRollbackOnly() {
      return work().isRollbackOnly();
    }
  }

  private static GlobalWork work(DefaultTransactionStatus status) {
    return ((Handle) status.getTransaction()).work();
  }

  @Override
  protected Object doGetTransaction() {
    return new Handle((GlobalWork) TransactionSynchronizationManager.getResource(this));
  }

  @Override
  protected boolean isExistingTransaction(Object transaction) {
    GlobalWork work = ((Handle) transaction).work;
    if (work == null) {
      return false;
    }
    work.hidden()
        .ifPresent(
            database -> {
              throw new IllegalTransactionStateException(
                  "a transaction of database "
                      + database
                      + " alone has been begun within global transaction "
                      + work.name()
                      + ": what is done in there takes no part, so none can be joined");
            });
    return true;
  }

  @Override
  protected void doBegin(Object transaction, TransactionDefinition definition) {
    String name = nameOf(definition);
    for (EnlistedDatabase each : databases) {
      if (TransactionSynchronizationManager.hasResource(each.source())) {
        throw new IllegalTransactionStateException(
            "global transaction "
                + name
                + " within a transaction of database "
                + each.participant().name()
                + " alone, which could not take part: make the outer one global");
      }
    }
    int seconds = determineTimeout(definition);
    Duration timeout = seconds > 0 ? Duration.ofSeconds(seconds) : options.timeout();
    GlobalWork work =
        new GlobalWork(
            name,
            timeout,
            databases,
            settings(definition),
            new GlobalObservation(name, observations));
    ((Handle) transaction).work = work;
    bind(work);
  }

  private static String nameOf(TransactionDefinition definition) {
    if (definition instanceof TransactionAttribute attribute) {
      Optional<String> label =
          attribute.getLabels().stream().filter(each -> !each.isBlank()).findFirst();
      if (label.isPresent()) {
        return label.get();
      }
    }
    String name = definition.getName();
    return name == null ? "without a name" : name;
  }

  private static List<String> settings(TransactionDefinition definition) {
    List<String> settings = new ArrayList<>();
    String level =
        switch (definition.getIsolationLevel()) {
          case TransactionDefinition.ISOLATION_READ_UNCOMMITTED -> "READ UNCOMMITTED";
          case TransactionDefinition.ISOLATION_READ_COMMITTED -> "READ COMMITTED";
          case TransactionDefinition.ISOLATION_REPEATABLE_READ -> "REPEATABLE READ";
          case TransactionDefinition.ISOLATION_SERIALIZABLE -> "SERIALIZABLE";
          default -> "";
        };
    if (!level.isEmpty()) {
      settings.add("SET TRANSACTION ISOLATION LEVEL " + level);
    }
    if (definition.isReadOnly()) {
      settings.add("SET TRANSACTION READ ONLY");
    }
    return settings;
  }

  private void bind(GlobalWork work) {
    work.bind();
    TransactionSynchronizationManager.bindResource(this, work);
  }

  private void unbind(GlobalWork work) {
    TransactionSynchronizationManager.unbindResource(this);
    work.unbind();
  }

  @Override
  protected Object doSuspend(Object transaction) {
    Handle handle = (Handle) transaction;
    GlobalWork work = handle.work();
    unbind(work);
    handle.work = null;
    return work;
  }

  @Override
  protected void doResume(@Nullable Object transaction, Object suspended) {
    bind((GlobalWork) suspended);
  }

  @Override
  protected void doCommit(DefaultTransactionStatus status) {
    work(status).commit(transactions, options.visibleWithin());
  }

  @Override
  protected void doRollback(DefaultTransactionStatus status) {
    work(status).rollBack();
  }

  @Override
  protected void doSetRollbackOnly(DefaultTransactionStatus status) {
    work(status).setRollbackOnly();
  }

  @Override
  protected void doCleanupAfterCompletion(Object transaction) {
    GlobalWork work = ((Handle) transaction).work();
    unbind(work);
    work.observation().stop();
  }
}
