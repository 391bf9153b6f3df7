package io.holdfast.readme;

import io.holdfast.coordination.Coordinator;
import io.holdfast.curator.CuratorLocks;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.lock.FencingToken;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.saga.StepCall;
import io.holdfast.transaction.saga.StepOutcome;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockProvider;
import org.apache.curator.framework.CuratorFramework;

/**
 * What the snippets of the README and the guides take for given, so that they compile: see {@link
 * ReadmeTest}.
 */
public abstract class Surroundings {

  protected static final String DEBIT = "UPDATE account SET balance = balance - ? WHERE id = ?";
  protected static final String CREDIT = "UPDATE account SET balance = balance + ? WHERE id = ?";

  protected String uri;
  protected String json;
  protected String key;
  protected String account;
  protected String from;
  protected String to;
  protected long amount;
  protected Coordinator coordinator;
  protected LoadBalancer balancer;
  protected DataSource pool;
  protected DataSource controlPool;
  protected DataSource otherPool;
  protected DataSource otherControlPool;
  protected Connection connection;
  protected JdbcOutbox outbox;
  protected OutboxRelay relay;
  protected JdbcSagas sagas;
  protected CuratorFramework client;
  protected CuratorLocks curatorLocks;
  protected LockProvider oldProvider;
  protected Ledger ledger;
  protected Bank bank;

  protected abstract void use(HttpResponse<String> response);

  protected abstract void pay(FencingToken token);

  /** Steps of a saga. */
  public interface Ledger {
    CompletionStage<StepOutcome> reserve(StepCall call);

    CompletionStage<StepOutcome> release(StepCall call);

    CompletionStage<StepOutcome> book(StepCall call);
  }

  /** Others. */
  public interface Bank {
    CompletionStage<StepOutcome> send(StepCall call);

    CompletionStage<StepOutcome> recall(StepCall call);
  }
}
