package io.holdfast.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans of an application, over a real ZooKeeper. */
class HoldfastAutoConfigurationTest {

  private static EmbeddedZooKeeper zookeeper;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(HoldfastAutoConfiguration.class));

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  private ApplicationContextRunner connected(String namespace) {
    return runner.withPropertyValues("holdfast.connect=" + zookeeper.uri(namespace));
  }

  @Test
  void connect_alone_givesCoordinatorLocksAndRegistry() {
    connected("beans")
        .withPropertyValues("spring.application.name=billing", "holdfast.session-timeout=6s")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              Coordinator coordinator = context.getBean(Coordinator.class);
              assertThat(coordinator.options().owner())
                  .extracting(Owner::name)
                  .isEqualTo("billing");
              assertThat(coordinator.options().sessionTimeout()).hasSeconds(6);
              try (LockGrant grant =
                  context.getBean(Locks.class).lock("invoice-7").exclusive().acquire()) {
                assertThat(grant.isHeld()).isTrue();
              }
            });
  }

  @Test
  void close_withRegistrationAndLateLock_closesUsersThenRegistryThenCoordinator() {
    List<Coordinator> coordinators = new ArrayList<>();
    List<LateUser> users = new ArrayList<>();
    connected("closing")
        .withUserConfiguration(WithLateUser.class)
        .run(
            context -> {
              coordinators.add(context.getBean(Coordinator.class));
              users.add(context.getBean(LateUser.class));
            });
    assertThat(users).singleElement().matches(user -> user.lockedWhileClosing);
    assertThat(users).singleElement().matches(user -> user.registeredWhileClosing);
    assertThat(coordinators).singleElement().matches(Coordinator::isClosed);
  }

  @Test
  void connect_missing_saysWhichPropertyToSet() {
    runner.run(
        context ->
            assertThat(context).getFailure().rootCause().hasMessageContaining("holdfast.connect"));
  }

  @Test
  void connect_wrong_saysWhatIsWrong() {
    runner
        .withPropertyValues("holdfast.connect=zookeeper://user:secret@host/x")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("carries no user or password"));
  }

  @Test
  void timeout_notPositive_namesTheProperty() {
    connected("timeouts")
        .withPropertyValues("holdfast.session-timeout=0s")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("holdfast.session-timeout must be positive"));
  }

  @Test
  void enabled_false_givesNothing() {
    runner
        .withPropertyValues("holdfast.enabled=false")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Coordinator.class));
  }

  @Test
  void registry_notOnClassPath_locksAreThere() {
    connected("locks-only")
        .withClassLoader(new FilteredClassLoader(Registry.class))
        .run(context -> assertThat(context).hasSingleBean(Locks.class).hasNotFailed());
  }

  @Test
  void security_withPassword_isNotInItsText() {
    var security = new HoldfastProperties.Security(null, "anna", "very-secret", null);
    assertThat(security.toString()).contains("anna").doesNotContain("very-secret");
  }

  /** Uses what it was given while the application closes. */
  static final class LateUser implements AutoCloseable {

    private final Locks locks;
    private final Registry registry;
    private boolean lockedWhileClosing;
    private boolean registeredWhileClosing;

    LateUser(Locks locks, Registry registry) {
      this.locks = locks;
      this.registry = registry;
    }

    @Override
    public void close() throws InterruptedException {
      try (LockGrant grant = locks.lock("last").exclusive().acquire()) {
        lockedWhileClosing = grant.isHeld();
      }
      registeredWhileClosing =
          registry.register(ServiceInstance.http("late", "one", "127.0.0.1", 80)).isPublished();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithLateUser {

    @Bean(destroyMethod = "close")
    LateUser lateUser(Locks locks, Registry registry) {
      return new LateUser(locks, registry);
    }
  }
}
