package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.Locks;
import io.holdfast.lock.ThreadLock;
import io.holdfast.lock.ThreadReadWriteLock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The views for code that is written for {@link java.util.concurrent.locks.Lock}. */
@SuppressWarnings("LockNotBeforeTry") // how often to lock and unlock is what is tested
public abstract class ThreadLockContract extends TwoClients {

  private static ThreadLock exclusive(Coordinator coordinator) {
    return ThreadLock.of(new Locks(coordinator).lock("orders").exclusive());
  }

  private static ThreadReadWriteLock readWrite(Coordinator coordinator) {
    return new ThreadReadWriteLock(new Locks(coordinator).lock("orders"));
  }

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue("orders"));
  }

  @Test
  void lock_again_isOneHoldUntilTheLastUnlock() throws InterruptedException {
    ThreadLock mine = exclusive(first);
    mine.lock();
    FencingToken token = mine.token();
    mine.lockInterruptibly();
    assertThat(mine.tryLock()).isTrue();
    assertThat(mine.tryLock(1, TimeUnit.SECONDS)).isTrue();
    assertThat(mine.holdCount()).isEqualTo(4);
    assertThat(mine.token()).isEqualTo(token);
    assertThat(queue()).hasSize(1);

    for (int i = 0; i < 3; i++) {
      mine.unlock();
      assertThat(mine.isHeldByThread()).isTrue();
      assertThat(exclusive(second).tryLock()).isFalse();
    }
    mine.unlock();

    assertThat(mine.isHeldByThread()).isFalse();
    assertThat(queue()).isEmpty();
  }

  @Test
  void unlock_byAnotherThread_isRefused() {
    ThreadLock mine = exclusive(first);
    assertThatThrownBy(mine::unlock).isInstanceOf(IllegalMonitorStateException.class);
    mine.lock();
    Future<?> other = threads.submit(mine::unlock);
    assertThatThrownBy(() -> get(other)).hasCauseInstanceOf(IllegalMonitorStateException.class);
    assertThat(mine.isHeldByThread()).isTrue();
    assertThatThrownBy(() -> get(threads.submit(mine::token)))
        .hasCauseInstanceOf(IllegalMonitorStateException.class);
    mine.unlock();
  }

  @Test
  void tryLock_heldByAnotherThread_isFalseAndLeavesNothing() {
    ThreadLock mine = exclusive(first);
    mine.lock();
    assertThat(get(threads.submit(() -> mine.tryLock()))).isFalse();
    assertThat(get(threads.submit(() -> mine.tryLock(50, TimeUnit.MILLISECONDS)))).isFalse();
    await().atMost(PATIENCE).until(() -> queue().size() == 1);
    mine.unlock();
  }

  @Test
  void lockInterruptibly_interrupted_leavesNothing_butLockGoesOn() throws InterruptedException {
    ThreadLock held = exclusive(first);
    held.lock();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread interruptible =
        new Thread(
            () -> {
              try {
                exclusive(second).lockInterruptibly();
              } catch (InterruptedException e) {
                thrown.set(e);
              }
            });
    interruptible.start();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    interruptible.interrupt();
    interruptible.join(PATIENCE.toMillis());
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    await().atMost(PATIENCE).until(() -> queue().size() == 1);

    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread stubborn =
        new Thread(
            () -> {
              ThreadLock theirs = exclusive(second);
              theirs.lock();
              flag.complete(Thread.currentThread().isInterrupted());
              theirs.unlock();
            });
    stubborn.start();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    stubborn.interrupt();
    held.unlock();
    assertThat(get(flag)).isTrue();
    stubborn.join(PATIENCE.toMillis());
  }

  @Test
  void unlock_afterTheLockWasLost_saysSoAndLeaves() {
    ThreadLock mine = exclusive(first);
    mine.lock();
    mine.lock();

    crash(first);

    await().atMost(PATIENCE).until(() -> !mine.isHeldByThread());
    assertThatThrownBy(mine::lock).isInstanceOf(LockLostException.class);
    assertThat(mine.token()).isGreaterThan(FencingToken.NONE);
    assertThatThrownBy(mine::unlock).isInstanceOf(LockLostException.class);
    assertThatThrownBy(mine::unlock).isInstanceOf(LockLostException.class);
    assertThatThrownBy(mine::unlock).isInstanceOf(IllegalMonitorStateException.class);
    mine.lock();
    mine.unlock();
  }

  @Test
  void newCondition_saysWhatToUseInstead() {
    ThreadLock mine = exclusive(first);
    assertThatThrownBy(mine::newCondition)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("watch");
  }

  @Test
  void readLock_ofManyThreads_isShared() throws InterruptedException {
    ThreadReadWriteLock mine = readWrite(first);
    mine.readLock().lock();
    mine.readLock().lock();
    assertThat(get(threads.submit(() -> readAndLeave(mine)))).isTrue();
    assertThat(get(threads.submit(() -> readAndLeave(readWrite(second))))).isTrue();
    assertThat(readWrite(second).writeLock().tryLock()).isFalse();
    mine.readLock().unlock();
    assertThat(mine.readLock().isHeldByThread()).isTrue();
    mine.readLock().unlock();
    ThreadReadWriteLock other = readWrite(second);
    assertThat(other.writeLock().tryLock(10, TimeUnit.SECONDS)).isTrue();
    other.writeLock().unlock();
  }

  private static boolean readAndLeave(ThreadReadWriteLock lock) {
    boolean read = lock.readLock().tryLock();
    if (read) {
      lock.readLock().unlock();
    }
    return read;
  }

  @Test
  void writer_becomesReader_withoutAWriterInBetween() {
    ThreadReadWriteLock mine = readWrite(first);
    mine.writeLock().lock();
    mine.readLock().lock();
    mine.writeLock().unlock();

    assertThat(mine.readLock().isHeldByThread()).isTrue();
    assertThat(mine.writeLock().isHeldByThread()).isFalse();
    assertThat(readWrite(second).writeLock().tryLock()).isFalse();
    assertThat(readAndLeave(readWrite(second))).as("other readers come in").isTrue();
    assertThatThrownBy(mine.writeLock()::unlock).isInstanceOf(IllegalMonitorStateException.class);
    mine.readLock().unlock();
    assertThat(queue()).isEmpty();
  }

  @Test
  void writer_entersAsReaderAndLeaves_goesOnWriting() {
    ThreadReadWriteLock mine = readWrite(first);
    mine.writeLock().lock();
    mine.readLock().lock();
    mine.readLock().unlock();
    assertThat(readAndLeave(readWrite(second))).isFalse();
    mine.writeLock().unlock();
    assertThat(queue()).isEmpty();
  }

  @Test
  void lock_twoViewsInOneThread_isOneHold() {
    ThreadLock one = exclusive(first);
    ThreadLock other = exclusive(first);
    one.lock();
    FencingToken token = one.token();

    assertThat(other.tryLock()).isTrue();
    other.lock();
    assertThat(other.token()).isEqualTo(token);
    assertThat(one.holdCount()).isEqualTo(3);
    assertThat(get(threads.submit(() -> other.tryLock()))).isFalse();
    ThreadReadWriteLock readers = readWrite(first);
    readers.readLock().lock();
    readers.readLock().unlock();
    one.unlock();
    other.unlock();
    assertThat(one.isHeldByThread()).isTrue();
    other.unlock();

    assertThat(one.isHeldByThread()).isFalse();
    assertThat(queue()).isEmpty();
  }

  @Test
  void tryLock_interruptedThread_isAnswered() {
    ThreadLock mine = exclusive(first);
    Thread.currentThread().interrupt();
    assertThat(mine.tryLock()).isTrue();
    assertThat(exclusive(second).tryLock()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
    mine.unlock();
  }

  @Test
  void reader_wantsToWrite_isRefusedAtOnce() throws InterruptedException {
    ThreadReadWriteLock mine = readWrite(first);
    mine.readLock().lock();
    assertThatThrownBy(mine.writeLock()::lock)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unlock, lock for writing");
    assertThat(mine.writeLock().tryLock()).isFalse();
    assertThat(mine.writeLock().tryLock(1, TimeUnit.HOURS)).isFalse();
    assertThat(readWrite(first).writeLock().tryLock()).isFalse();
    assertThat(mine.readLock().isHeldByThread()).isTrue();
    mine.readLock().unlock();
  }
}
