package io.holdfast.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The annotation on beans, with a second process beside the application. */
final class LockedTest {

  private final String uri = "memory://" + UUID.randomUUID() + "/app";
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(HoldfastAutoConfiguration.class, LockedAutoConfiguration.class))
          .withPropertyValues("holdfast.connect=" + uri, "shop.wait=50ms", "shop.area=invoice");

  private Coordinator other;
  private Locks others;

  @BeforeEach
  void connect() {
    other = Coordinator.connect(uri);
    others = new Locks(other);
  }

  @AfterEach
  void close() {
    other.close();
  }

  /** An order. */
  record Order(@Nullable String id) {}

  /** A bean without an interface. */
  static class Shop {

    @Locked(name = "${shop.area}", key = "#order.id", waitAtMost = "${shop.wait}")
    public FencingToken settle(@Nullable Order order, FencingToken token) {
      return token;
    }

    @Locked(name = "both", waitAtMost = "0s")
    public FencingToken outer(FencingToken token) {
      return inner(FencingToken.NONE);
    }

    @Locked(name = "both", waitAtMost = "0s")
    public FencingToken inner(FencingToken token) {
      return token;
    }

    @Locked(name = "address", key = "#a1")
    public String at(String a1) {
      return a1;
    }

    @Locked(name = "granted")
    public String granted(@Nullable LockGrant grant) {
      return grant == null ? "nothing" : grant.name().text();
    }

    @Locked(name = "report", mode = Locked.Mode.READ, waitAtMost = "0s")
    public void read(Runnable work) {
      work.run();
    }

    @Locked(name = "report", mode = Locked.Mode.WRITE, waitAtMost = "0s")
    public void write() {}

    @Locked(name = "report", waitAtMost = "forever")
    public void run(Runnable work) {
      work.run();
    }
  }

  @Test
  void method_locked_runsUnderItsLockWithATokenThatGrows() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              FencingToken first = shop.settle(new Order("7"), FencingToken.NONE);
              assertThat(first).isGreaterThan(FencingToken.NONE);
              assertThat(shop.settle(new Order("7"), FencingToken.NONE)).isGreaterThan(first);
              assertThat(others.lock("invoice:7").exclusive().tryAcquire()).isPresent();
            });
  }

  @Test
  void method_heldElsewhere_isNotRunAndSaysWhy() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              try (LockGrant theirs = others.lock("invoice:7").exclusive().acquire()) {
                assertThatThrownBy(() -> shop.settle(new Order("7"), FencingToken.NONE))
                    .isInstanceOf(LockNotAcquiredException.class)
                    .hasMessageContaining("invoice:7")
                    .hasMessageContaining("50 ms");
                assertThat(shop.settle(new Order("8"), FencingToken.NONE))
                    .as("another lock")
                    .isNotNull();
                assertThat(theirs.isHeld()).isTrue();
              }
              assertThat(shop.settle(new Order("7"), FencingToken.NONE)).isNotNull();
            });
  }

  @Test
  void key_parameterThatIsCalledLikeAPosition_isTheParameter() {
    application
        .withBean(Shop.class)
        .run(context -> assertThat(context.getBean(Shop.class).at("x")).isEqualTo("x"));
  }

  @Test
  void method_keyIsNull_isRefused() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              assertThatThrownBy(() -> shop.settle(new Order(null), FencingToken.NONE))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("#order.id")
                  .hasMessageContaining("null");
              assertThatThrownBy(() -> shop.settle(null, FencingToken.NONE))
                  .isInstanceOf(IllegalArgumentException.class);
            });
  }

  @Test
  void method_callsItself_getsNoToken() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              assertThat(shop.outer(FencingToken.NONE)).isEqualTo(FencingToken.NONE);
              assertThat(shop.inner(FencingToken.NONE)).isGreaterThan(FencingToken.NONE);
              assertThat(shop.granted(null)).isEqualTo("granted");
            });
  }

  @Test
  void method_callsAnotherOfTheSameLock_goesOnUnderTheSameHold() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              List<FencingToken> seen = new ArrayList<>();
              shop.run(() -> shop.run(() -> seen.add(FencingToken.NONE)));
              assertThat(seen).hasSize(1);
              shop.read(() -> shop.read(() -> seen.add(FencingToken.NONE)));
              assertThat(seen).hasSize(2);
              assertThatThrownBy(() -> shop.read(shop::write))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("reading");
              assertThat(others.lock("report").exclusive().tryAcquire())
                  .as("all is released")
                  .isPresent();
            });
  }

  @Test
  void method_reading_letsOthersRead() {
    application
        .withBean(Shop.class)
        .run(
            context ->
                context
                    .getBean(Shop.class)
                    .read(
                        () -> {
                          assertThat(others.lock("report").read().tryAcquire()).isPresent();
                          assertThat(others.lock("report").write().tryAcquire()).isEmpty();
                        }));
  }

  @Test
  void method_lockLostMeanwhile_saysSo() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              Session session = context.getBean(Coordinator.class).current().orElseThrow();
              assertThatThrownBy(() -> shop.run(session::close))
                  .isInstanceOf(LockLostException.class);
              IllegalStateException its = new IllegalStateException("its own");
              assertThatThrownBy(
                      () ->
                          shop.run(
                              () -> {
                                throw its;
                              }))
                  .isSameAs(its);
            });
  }

  @Test
  void start_declarationThatCannotWork_isRefused() {
    refused(PrivateMethod.class, "private");
    refused(FinalMethod.class, "final");
    refused(StaticMethod.class, "static");
    refused(UnknownParameter.class, "no parameter #order");
    refused(NoSpel.class, "no SpEL");
    refused(NoDuration.class, "no duration");
    refused(LaterResult.class, "later");
    refused(FenceWithoutTransaction.class, "not @Transactional");
    refused(MissingPlaceholder.class, "shop.nothing");
  }

  private void refused(Class<?> bean, String why) {
    application
        .withBean(bean)
        .run(
            context ->
                assertThat(context)
                    .as(bean.getSimpleName())
                    .getFailure()
                    .rootCause()
                    .satisfiesAnyOf(
                        root -> assertThat(root).hasMessageContaining(why),
                        root ->
                            assertThat(context.getStartupFailure()).hasStackTraceContaining(why)));
  }

  static class PrivateMethod {
    @Locked(name = "a")
    @SuppressWarnings("UnusedMethod")
    private void hidden() {}
  }

  static class FinalMethod {
    @Locked(name = "a")
    public final void fixed() {}
  }

  static class StaticMethod {
    @Locked(name = "a")
    public static void alone() {}
  }

  static class UnknownParameter {
    @Locked(name = "a", key = "#order.id")
    public void settle(Order it) {}
  }

  static class NoSpel {
    @Locked(name = "a", key = "#it..")
    public void settle(Order it) {}
  }

  static class NoDuration {
    @Locked(name = "a", waitAtMost = "soon")
    public void settle() {}
  }

  static class LaterResult {
    @Locked(name = "a")
    public Future<String> settle() {
      return CompletableFuture.completedFuture("");
    }
  }

  static class FenceWithoutTransaction {
    @Locked(name = "a", fence = "ledgerFence")
    public void settle() {}
  }

  static class MissingPlaceholder {
    @Locked(name = "${shop.nothing}")
    public void settle() {}
  }

  @Test
  void wait_duration_isAtMostWhatIsDeclared() {
    application
        .withBean(Shop.class)
        .run(
            context -> {
              try (LockGrant theirs = others.lock("report").exclusive().acquire()) {
                long began = System.nanoTime();
                assertThatThrownBy(() -> context.getBean(Shop.class).write())
                    .isInstanceOf(LockNotAcquiredException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(20));
                assertThat(theirs.isHeld()).isTrue();
              }
            });
  }
}
