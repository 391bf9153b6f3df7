package io.holdfast.spring.commit;

import io.holdfast.coordination.Coordinator;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.micrometer.observation.ObservationRegistry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.AbstractTransactionManagementConfiguration;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * Makes {@link GlobalTransaction} work, if {@code transaction-jdbc} and {@code spring-jdbc} are
 * there and a database is enlisted, by a property or by a bean.
 *
 * <p>What a process leaves unfinished when it dies is settled in the background, by this one or by
 * any other that has the same databases: several may do so at once.
 */
@AutoConfiguration(
    after = HoldfastAutoConfiguration.class,
    afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnClass(
    value = PostgresParticipant.class,
    name = "org.springframework.jdbc.datasource.ConnectionHolder")
@ConditionalOnBean(Coordinator.class)
@Conditional(CommitAutoConfiguration.AnyDatabase.class)
@EnableConfigurationProperties(TransactionsProperties.class)
public final class CommitAutoConfiguration {

  /** By a property or by a bean. */
  static final class AnyDatabase extends AnyNestedCondition {

    AnyDatabase() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnBean(EnlistedDatabase.class)
    static final class ByBean {}

    @Conditional(Named.class)
    static final class ByProperty {}
  }

  /** True if a property names a database. */
  static final class Named extends SpringBootCondition {

    private static final String DATABASES = "holdfast.transactions.databases";

    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      boolean there =
          Binder.get(context.getEnvironment())
              .bind(DATABASES, Bindable.mapOf(String.class, Object.class))
              .isBound();
      ConditionMessage.Builder message = ConditionMessage.forCondition(DATABASES);
      return there
          ? ConditionOutcome.match(message.because("set"))
          : ConditionOutcome.noMatch(message.because("not set"));
    }
  }

  @Bean(destroyMethod = "close")
  EnlistedDatabases holdfastEnlistedDatabases(
      TransactionsProperties properties,
      ObjectProvider<EnlistedDatabase> given,
      BeanFactory beans) {
    return new EnlistedDatabases(properties, given.orderedStream().toList(), beans);
  }

  /** Closed before the databases, the pools and the coordinator. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  Transactions holdfastTransactions(
      Coordinator coordinator,
      TransactionsProperties properties,
      EnlistedDatabases databases,
      ObjectProvider<Participant> others) {
    Set<Participant> all = new LinkedHashSet<>();
    databases.all().forEach(each -> all.add(each.participant()));
    others.orderedStream().forEach(all::add);
    return new Transactions(
        coordinator,
        TransactionOptions.defaults().withTimeout(properties.timeout()),
        List.copyOf(all));
  }

  @Bean
  @ConditionalOnMissingBean
  GlobalTransactions holdfastGlobalTransactions(
      Transactions transactions,
      TransactionsProperties properties,
      EnlistedDatabases databases,
      ObjectProvider<ObservationRegistry> observations) {
    return new GlobalTransactions(
        transactions,
        databases.all(),
        new GlobalTransactions.Options(properties.timeout(), properties.visibleWithin()),
        observations.getIfUnique(() -> ObservationRegistry.NOOP));
  }

  /** Found by its name only: a plain {@code @Transactional} keeps the manager that it has. */
  @Bean(name = GlobalTransactions.MANAGER, defaultCandidate = false)
  @ConditionalOnMissingBean(name = GlobalTransactions.MANAGER)
  PlatformTransactionManager holdfastGlobalTransactionManager(GlobalTransactions transactions) {
    return transactions.manager();
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static GlobalTransactionBeans holdfastGlobalTransactionBeans() {
    return new GlobalTransactionBeans();
  }

  /** Spring Boot does it only if there is another transaction manager. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(AbstractTransactionManagementConfiguration.class)
  @EnableTransactionManagement(proxyTargetClass = true)
  static final class Management {}
}
