package io.holdfast.payment.testing.acquirer;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A simulated acquirer that listens on loopback. It keeps its charges in a file, so that one that
 * is started again with the same file knows them. Thread-safe.
 */
public final class AcquirerServer implements AutoCloseable {

  private static final int THREADS = 32;
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final AcquirerSettings settings;
  private final ChargeBook book;
  private final Faults faults;
  private final Notices notices;
  private final ExecutorService threads;
  private final ScheduledExecutorService later;
  private final MerchantApi merchants;
  private final HttpServer admin;
  private final int port;

  /** Guarded by this; none while it refuses connections. */
  private @Nullable HttpServer open;

  private AcquirerServer(AcquirerSettings settings) throws IOException {
    this.settings = settings;
    book = new ChargeBook(settings.file(), settings.clock());
    faults = new Faults(settings.seed(), settings.rates());
    threads = Executors.newFixedThreadPool(THREADS, work -> daemon(work, "acquirer"));
    later = Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "acquirer-later"));
    notices = new Notices(settings, later);
    merchants = new MerchantApi(settings, book, faults, later);
    HttpServer first = Http.start(settings.port(), threads, merchants);
    open = first;
    port = first.getAddress().getPort();
    admin = Http.start(settings.adminPort(), threads, new AdminApi(this, book, faults));
    book.all().forEach(notices::send);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name + "-" + NAMES.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts one.
   *
   * @throws IOException if a port is taken, or the file cannot be used
   */
  public static AcquirerServer start(AcquirerSettings settings) throws IOException {
    return new AcquirerServer(settings);
  }

  /** Where merchants reach it. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Where it is told what to do, see {@link AcquirerSimulator}. */
  public URI adminUri() {
    return URI.create("http://127.0.0.1:" + admin.getAddress().getPort());
  }

  /** All charges, in the order in which they came. */
  public List<SimulatedCharge> charges() {
    return book.all();
  }

  /** These befall the next calls, one each. */
  public void order(Fault... next) {
    faults.order(next);
  }

  boolean isOrdered() {
    return faults.isOrdered();
  }

  /** Decides a pending charge. */
  public void decide(String reference, SimulatedCharge.Status status) {
    book.decide(reference, status);
  }

  /**
   * Takes a charge back and tells the merchant.
   *
   * @param amount minor units; 0 for all that is left
   */
  public void chargeBack(String reference, long amount) {
    notices.send(book.chargeBack(reference, amount));
  }

  /**
   * Gives the latest chargeback of a charge back and tells the merchant.
   *
   * @param amount minor units; 0 for all of it
   */
  public void reverse(String reference, long amount) {
    notices.send(book.reverse(reference, amount));
  }

  /** Refuses merchants' connections, and breaks those that there are. */
  public synchronized void refuse() {
    if (open != null) {
      open.stop(0);
      open = null;
    }
  }

  /** Accepts merchants' connections again, on the same port. */
  public synchronized void accept() {
    if (open == null) {
      try {
        open = Http.start(port, threads, merchants);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void halt() {
    settings.halt().run();
  }

  /** Ends it; unanswered calls stay unanswered. Idempotent. */
  @Override
  public void close() {
    refuse();
    admin.stop(0);
    later.shutdownNow();
    threads.shutdownNow();
    book.close();
  }
}
