package io.holdfast.shedlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.test.support.AbstractExtensibleLockProviderIntegrationTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** ShedLock's own suite; a lock counts as free if another process can take it. */
abstract class ShedLockContract extends AbstractExtensibleLockProviderIntegrationTest {

  private Coordinator first;
  private Coordinator second;
  private HoldfastLockProvider provider;
  private HoldfastLockProvider other;

  abstract String uri(String namespace);

  @BeforeEach
  void connect() {
    String uri = uri("shedlock/" + UUID.randomUUID());
    CoordinatorOptions options = CoordinatorOptions.defaults();
    first = Coordinator.connect(uri, options);
    second = Coordinator.connect(uri, options);
    provider = new HoldfastLockProvider(first);
    other = new HoldfastLockProvider(second);
  }

  @AfterEach
  void disconnect() {
    first.close();
    second.close();
  }

  @Override
  protected ExtensibleLockProvider getLockProvider() {
    return provider;
  }

  private Optional<SimpleLock> takenByOther(String name) {
    return other.lock(
        new LockConfiguration(ClockProvider.now(), name, Duration.ofMinutes(5), Duration.ZERO));
  }

  @Override
  protected void assertUnlocked(String lockName) {
    takenByOther(lockName).orElseThrow().unlock();
  }

  @Override
  protected void assertLocked(String lockName) {
    assertThat(takenByOther(lockName)).isEmpty();
  }
}
