package io.holdfast.payment.files;

import io.holdfast.payment.files.Outcomes.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pays a checked file: one thread reads it, several ask the nodes.
 *
 * <p>A payment that may or may not have been done is asked for again under the same key until it is
 * known, for as long as the policy allows. If in that time no payment at all had an answer that
 * counts, the nodes are taken to be away and the run stops; otherwise only that payment stays
 * unknown.
 *
 * <p>It stops early by {@link #stop}, when a node does not deal with us, and when the state file
 * cannot be written. Then nothing new is sent; what is under way may come to its end.
 */
final class PaymentRun {

  private static final Logger LOG = LoggerFactory.getLogger(PaymentRun.class);

  /** For requests that are under way when the run stops. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final NodeClient client;
  private final RetryPolicy policy;
  private final Outcomes outcomes;
  private final Optional<StateFile> state;
  private final ProgressLine progress;

  /** Empty ones end a worker each. */
  private final BlockingQueue<Optional<Payment>> queue;

  private final List<Thread> workers = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Guarded by this. */
  private String reason = "";

  /** When a payment last had its outcome. */
  private volatile long lastOutcome = System.nanoTime();

  /**
   * A run that has not begun.
   *
   * @param parallel how many requests at a time
   */
  PaymentRun(
      NodeClient client,
      RetryPolicy policy,
      int parallel,
      Outcomes outcomes,
      Optional<StateFile> state,
      ProgressLine progress) {
    this.client = client;
    this.policy = policy;
    this.outcomes = outcomes;
    this.state = state;
    this.progress = progress;
    this.queue = new ArrayBlockingQueue<>(2 * parallel);
    for (int i = 1; i <= parallel; i++) {
      workers.add(new Thread(this::work, "pay-" + i));
    }
  }

  /**
   * Pays all that has no outcome yet. Blocks until all have one, or the run stopped.
   *
   * @throws IOException if the file cannot be read on, or changed; what is under way has ended then
   */
  void pay(PinnedFile file, AccountNames accounts) throws IOException, InterruptedException {
    workers.forEach(Thread::start);
    try {
      PaymentReader.read(file, accounts, this::enqueue);
    } catch (InterruptedIOException e) {
      LOG.debug("stopped reading", e);
    } catch (IOException e) {
      stop("the file cannot be read on");
      throw e;
    } finally {
      finish();
    }
  }

  private void enqueue(Payment payment) throws InterruptedIOException {
    if (outcomes.get(payment.index()).isFinal()) {
      return;
    }
    try {
      while (stopped.getCount() > 0) {
        if (queue.offer(Optional.of(payment), 100, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop("interrupted");
    }
    throw new InterruptedIOException("stopped");
  }

  private void finish() throws InterruptedException {
    if (stopped.getCount() == 0) {
      queue.clear();
    }
    for (int i = 0; i < workers.size(); i++) {
      // Each worker takes what comes until its end comes, whatever happens.
      queue.put(Optional.empty());
    }
    long deadline = Long.MAX_VALUE;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        worker.join(100);
        if (stopped.getCount() == 0) {
          if (deadline == Long.MAX_VALUE) {
            deadline = System.nanoTime() + GRACE.toNanos();
          } else if (System.nanoTime() - deadline >= 0) {
            workers.forEach(Thread::interrupt);
          }
        }
      }
    }
  }

  /** Lets nothing new begin. Does not wait. The first reason counts. */
  synchronized void stop(String why) {
    if (reason.isEmpty()) {
      reason = why;
      stopped.countDown();
    }
  }

  /** Why it stopped early; empty if it did not. */
  synchronized String reason() {
    return reason;
  }

  private void work() {
    try {
      for (Optional<Payment> next = queue.take(); next.isPresent(); next = queue.take()) {
        if (stopped.getCount() > 0) {
          pay(next.get());
        }
      }
    } catch (InterruptedException e) {
      // Only when the run has stopped and the grace is over.
      stop("interrupted");
    } catch (Error e) {
      // Out of memory, say: the reader would wait for a place in the queue without end.
      stop("a fault of this program: " + e);
      throw e;
    }
  }

  private void pay(Payment payment) throws InterruptedException {
    try {
      untilKnown(payment);
    } catch (NodeRefusesException e) {
      stop(e.why());
    } catch (IOException e) {
      stop("the state file cannot be written: " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("a fault in paying", e);
      stop("a fault of this program: " + e);
    }
  }

  private void untilKnown(Payment payment) throws InterruptedException, IOException {
    long begun = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      outcomes.set(payment.index(), Outcome.UNKNOWN);
      Reply reply = client.transfer(payment);
      if (!(reply instanceof Reply.Later later)) {
        settle(payment.index(), reply);
        return;
      }
      progress.waiting(later.why());
      long now = System.nanoTime();
      if (now - begun >= policy.bound().toNanos()) {
        if (now - lastOutcome >= policy.bound().toNanos()) {
          stop("no payment had an answer for " + policy.bound().toSeconds() + " s: " + later.why());
        }
        return;
      }
      Duration pause = policy.pause(attempt, later.pause());
      if (stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
  }

  private void settle(int index, Reply reply) throws IOException {
    lastOutcome = System.nanoTime();
    if (reply instanceof Reply.Refused refused) {
      outcomes.refused(index, refused);
      if (state.isPresent()) {
        state.get().add(index, refused);
      }
    } else if (reply instanceof Reply.Done done) {
      Outcome outcome = done.when() == Reply.Paid.BEFORE ? Outcome.PAID_BEFORE : Outcome.PAID;
      outcomes.set(index, outcome);
      if (state.isPresent()) {
        state.get().add(index, outcome);
      }
    }
    progress.moved();
  }
}
