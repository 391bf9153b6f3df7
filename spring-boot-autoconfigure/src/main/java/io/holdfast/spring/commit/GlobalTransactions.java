package io.holdfast.spring.commit;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.Transactions;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The global transactions of an application. Most use {@link GlobalTransaction} and never this.
 * Thread-safe.
 */
public final class GlobalTransactions {

  /** The name of the transaction manager's bean. */
  public static final String MANAGER = "holdfastGlobalTransactionManager";

  private final GlobalTransactionManager manager;

  /**
   * Over some databases.
   *
   * @param transactions with the databases' participants among its own
   * @param databases by different data sources
   * @param options how they are run
   * @param observations is told of each; {@link ObservationRegistry#NOOP} for not at all
   * @throws IllegalArgumentException if two have the same data source
   */
  public GlobalTransactions(
      Transactions transactions,
      List<EnlistedDatabase> databases,
      Options options,
      ObservationRegistry observations) {
    if (databases.stream().map(EnlistedDatabase::source).distinct().count() < databases.size()) {
      throw new IllegalArgumentException("two databases of global transactions, one data source");
    }
    this.manager =
        new GlobalTransactionManager(transactions, List.copyOf(databases), options, observations);
  }

  /**
   * How global transactions are run.
   *
   * @param timeout from the begin until the decision, unless the method says otherwise
   * @param visibleWithin how long a commit that is decided waits until its effects can be seen in
   *     every database; zero for not at all
   */
  public record Options(Duration timeout, Duration visibleWithin) {

    /** 30 seconds, and two. */
    public static Options defaults() {
      return new Options(Duration.ofSeconds(30), Duration.ofSeconds(2));
    }

    public Options {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("the timeout must be positive: " + timeout);
      }
      if (visibleWithin.isNegative()) {
        throw new IllegalArgumentException("visibleWithin must not be negative: " + visibleWithin);
      }
    }
  }

  /** For {@code TransactionTemplate}, and for {@code @Transactional} by its name. */
  public PlatformTransactionManager manager() {
    return manager;
  }

  /**
   * Adds a branch that is no data source to the caller's global transaction: TCC, escrow, XA. It
   * works when the transaction is committed, and not if that is rolled back before.
   *
   * @throws IllegalTransactionStateException without a global transaction, or if it is over
   */
  public void enlist(Branch branch) {
    GlobalWork work = (GlobalWork) TransactionSynchronizationManager.getResource(manager);
    if (work == null) {
      throw new IllegalTransactionStateException(
          "no global transaction: enlist in a @GlobalTransaction method");
    }
    work.enlist(branch);
  }
}
