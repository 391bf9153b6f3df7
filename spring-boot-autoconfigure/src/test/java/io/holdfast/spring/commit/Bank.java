package io.holdfast.spring.commit;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** An application with two databases, each with a pool and a transaction manager of its own. */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement
class Bank {

  static final String[] PROPERTIES = {
    "holdfast.transactions.databases.accounts.data-source=accountsPool",
    "holdfast.transactions.databases.accounts.control=accountsControl",
    "holdfast.transactions.databases.accounts.threads=4",
    "holdfast.transactions.databases.ledger.data-source=ledgerPool",
    "holdfast.transactions.databases.ledger.control=ledgerControl",
    "holdfast.transactions.databases.ledger.threads=4",
    "holdfast.session-timeout=4s"
  };

  /** As a process that is dead: from then on it commits and aborts no branch. */
  static final class Life {
    private volatile boolean over;

    void end() {
      over = true;
    }

    /** Lets the test end what it has begun. */
    void goOn() {
      over = false;
    }
  }

  @Bean
  Life life() {
    return new Life();
  }

  @Bean
  HikariDataSource accountsPool() {
    return Databases.pool(Databases.accounts());
  }

  @Bean
  HikariDataSource ledgerPool() {
    return Databases.pool(Databases.ledger());
  }

  @Bean
  DataSource accountsControl(Life life) {
    return control(Databases.accounts(), life);
  }

  @Bean
  DataSource ledgerControl(Life life) {
    return control(Databases.ledger(), life);
  }

  private static DataSource control(String url, Life life) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    return new DelegatingDataSource(source) {
      @Override
      public Connection getConnection() throws SQLException {
        return mortal(source.getConnection(), life);
      }
    };
  }

  private static Connection mortal(Connection connection, Life life) {
    return (Connection)
        Proxy.newProxyInstance(
            Bank.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (life.over && !method.getName().equals("close")) {
                throw new SQLException("dead", "08006");
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Bean
  @Primary
  PlatformTransactionManager accountsManager(HikariDataSource accountsPool) {
    return new JdbcTransactionManager(accountsPool);
  }

  @Bean
  PlatformTransactionManager ledgerManager(HikariDataSource ledgerPool) {
    return new JdbcTransactionManager(ledgerPool);
  }

  @Bean
  Ledger ledger(HikariDataSource ledgerPool) {
    return new Ledger(new JdbcTemplate(ledgerPool));
  }

  @Bean
  Transfers transfers(HikariDataSource accountsPool, Ledger ledger, GlobalTransactions global) {
    return new Transfers(new JdbcTemplate(accountsPool), ledger, global);
  }

  @Bean
  Witness witness() {
    return new Witness();
  }

  /** Code that knows of one database only. */
  static class Ledger {
    private final JdbcTemplate template;

    Ledger(JdbcTemplate template) {
      this.template = template;
    }

    @Transactional("ledgerManager")
    public void credit(String account, long amount) {
      if (template.update("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account)
          == 0) {
        throw new IllegalArgumentException("no account " + account);
      }
    }

    @Transactional(value = "ledgerManager", propagation = Propagation.REQUIRES_NEW)
    public void creditByItself(String account, long amount) {
      credit(account, amount);
    }

    /** Violates a constraint that is looked at when it is prepared. */
    public void noteForNobody() {
      template.update("INSERT INTO entry VALUES ('nobody')");
    }

    public void sleep(int seconds) {
      template.execute("SELECT pg_sleep(" + seconds + ")");
    }
  }

  /** Code that uses both. */
  static class Transfers {
    private final JdbcTemplate template;
    private final Ledger ledger;
    private final GlobalTransactions global;

    Transfers(JdbcTemplate template, Ledger ledger, GlobalTransactions global) {
      this.template = template;
      this.ledger = ledger;
      this.global = global;
    }

    void debit(String account, long amount) {
      template.update("UPDATE account SET balance = balance - ? WHERE id = ?", amount, account);
    }

    @GlobalTransaction(name = "transfer")
    public void transfer(String account, long amount) {
      debit(account, amount);
      ledger.credit(account, amount);
    }

    @GlobalTransaction
    public void transferThen(String account, long amount, Runnable then) {
      transfer(account, amount);
      then.run();
    }

    /** A checked exception is no reason for Spring to roll back. */
    @GlobalTransaction
    public void transferAndThrow(String account, long amount) throws IOException {
      transfer(account, amount);
      throw new IOException("the receipt cannot be printed");
    }

    @GlobalTransaction(noRollbackFor = IOException.class)
    public void transferInSpiteOf(String account, long amount) throws IOException {
      transferAndThrow(account, amount);
    }

    /** The transaction that has joined has failed, whatever becomes of its exception. */
    @GlobalTransaction
    public void transferAndSwallow(String account, long amount) {
      debit(account, amount);
      try {
        ledger.credit("nobody", amount);
      } catch (IllegalArgumentException swallowed) {
        debit(account, 0);
      }
    }

    @GlobalTransaction(timeout = 1)
    public void transferTooSlowly(String account, long amount) {
      transfer(account, amount);
      ledger.sleep(20);
    }

    @GlobalTransaction
    public void transferWith(String account, long amount, Branch branch) {
      transfer(account, amount);
      global.enlist(branch);
    }

    @GlobalTransaction(propagation = Propagation.REQUIRES_NEW)
    public void transferByItself(String account, long amount) {
      transfer(account, amount);
    }

    @GlobalTransaction(propagation = Propagation.MANDATORY)
    public void transferWithin(String account, long amount) {
      transfer(account, amount);
    }

    @GlobalTransaction(propagation = Propagation.NEVER)
    public void transferOutside(String account, long amount) {
      transfer(account, amount);
    }

    @Transactional
    public void transferWithinOneDatabase(Runnable global) {
      global.run();
    }
  }

  /** A resource without data, of which each test says how it votes. */
  static final class Witness implements Participant {

    @Override
    public String name() {
      return "witness";
    }

    Branch branch(Supplier<CompletionStage<Vote>> vote) {
      return new Branch() {
        @Override
        public Participant participant() {
          return Witness.this;
        }

        @Override
        public CompletionStage<Vote> prepare(BranchId id, Duration within) {
          return vote.get();
        }

        @Override
        public CompletionStage<Vote> commitAlone(Duration within) {
          return vote.get();
        }

        @Override
        public CompletionStage<Optional<Boolean>> committedAlone() {
          return CompletableFuture.completedFuture(Optional.empty());
        }
      };
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return CompletableFuture.completedFuture(List.of());
    }
  }
}
