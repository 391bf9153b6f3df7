package io.holdfast.spring.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.holdfast.transaction.Transactions;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What is there, and what ends the start. */
final class CommitAutoConfigurationTest {

  private static final String DATABASE = "holdfast.transactions.databases.accounts.data-source=";

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(HoldfastAutoConfiguration.class, CommitAutoConfiguration.class))
          .withPropertyValues("holdfast.connect=memory://" + UUID.randomUUID() + "/bank");

  /** Its result comes when the transaction has ended. */
  static class Later {
    @GlobalTransaction
    public CompletableFuture<String> transfer() {
      return CompletableFuture.completedFuture("done");
    }
  }

  /** Nothing can come between the caller and the method. */
  static class Hidden {
    @GlobalTransaction
    public final void transfer() {}
  }

  /** Each of its methods is one. */
  @GlobalTransaction
  static class Whole {
    public CompletableFuture<String> transfer() {
      return CompletableFuture.completedFuture("done");
    }
  }

  private void expectFailure(ApplicationContextRunner wrong, String... said) {
    wrong.run(
        context -> {
          assertThat(context).hasFailed();
          for (String each : said) {
            assertThat(context.getStartupFailure()).hasStackTraceContaining(each);
          }
        });
  }

  @Test
  void databases_none_leaveNoBeans() {
    application.run(
        context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(Transactions.class)
                .doesNotHaveBean(GlobalTransactions.MANAGER));
  }

  @Test
  void dataSource_isNoBean_isNamed() {
    expectFailure(
        application.withPropertyValues(DATABASE + "nothing"),
        "holdfast.transactions.databases.accounts.data-source names no bean of a data source",
        "nothing");
  }

  @Test
  void dataSource_cannotPrepare_saysWhichAndWhy() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID());
    expectFailure(
        application
            .withBean("pool", JdbcDataSource.class, () -> h2)
            .withPropertyValues(DATABASE + "pool"),
        "holdfast.transactions.databases.accounts cannot take part in global transactions");
  }

  @Test
  void values_thatCannotWork_areNamed() {
    expectFailure(
        application.withPropertyValues(DATABASE + "pool", "holdfast.transactions.timeout=0s"),
        "holdfast.transactions.timeout must be positive");
    expectFailure(
        application.withPropertyValues(
            DATABASE + "pool", "holdfast.transactions.databases.accounts.threads=0"),
        "holdfast.transactions.databases.accounts.threads must be positive");
    expectFailure(
        application.withPropertyValues("holdfast.transactions.databases.accounts.threads=1"),
        "holdfast.transactions.databases.accounts.data-source must name");
  }

  @Test
  void methods_thatCannotBeTransactions_areNamed() {
    ApplicationContextRunner checked =
        new ApplicationContextRunner()
            .withBean(GlobalTransactionBeans.class, GlobalTransactionBeans::new);
    expectFailure(checked.withBean(Later.class), "Later.transfer gives its result later");
    expectFailure(checked.withBean(Whole.class), "Whole.transfer gives its result later");
    expectFailure(checked.withBean(Hidden.class), "Hidden.transfer is final");
  }
}
