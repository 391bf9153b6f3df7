package io.holdfast.kotlin

import io.holdfast.lock.Acquirable
import io.holdfast.lock.LockGrant
import io.holdfast.lock.LockLostException
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull

/**
 * Waits for its turn, runs [body] under the lock and releases it. Suspends and takes no thread,
 * neither while it waits nor while it holds.
 *
 * Returns once the cluster knows of the release, also if [body] failed or the coroutine was
 * cancelled; that takes the session time-out at most. A coroutine that is cancelled while it waits
 * leaves the queue, and nothing of it is left behind.
 *
 * The grant is the argument of [body]; its token goes with every write that the lock guards. If the
 * lock is lost, [body] is cancelled. The cancelled body may still be at work for a while: this is
 * why the resource checks the token.
 *
 * Not reentrant: a coroutine that asks again for what it holds waits for itself.
 *
 * @throws LockLostException if the lock is lost before [body] is done
 * @throws io.holdfast.lock.RemovedFromQueueException if an operator took the place
 */
public suspend fun <G : LockGrant, T> Acquirable<G>.withLock(body: suspend (G) -> T): T {
    val wait = acquireAsync()
    try {
        return whileHeld(wait.await(), body)
    } finally {
        end(wait)
    }
}

/**
 * As [withLock], but waits for [wait] at most. The time does not count against [body].
 *
 * @return null if the lock was not held in time, and then nothing is left behind in the queue; else
 *   what [body] returns
 */
public suspend fun <G : LockGrant, T> Acquirable<G>.withLockOrNull(
    wait: Duration,
    body: suspend (G) -> T,
): T? {
    val place = acquireAsync()
    try {
        val grant = withTimeoutOrNull(wait) { place.await() } ?: return null
        return whileHeld(grant, body)
    } finally {
        end(place)
    }
}

/** The body is cancelled when its sibling fails, and its failure is the one that is told. */
private suspend fun <G : LockGrant, T> whileHeld(grant: G, body: suspend (G) -> T): T = coroutineScope {
    val loss =
        launch(start = CoroutineStart.UNDISPATCHED) {
            // A copy, because await() cancels what it waits for when it is cancelled.
            grant.lost().thenApply { it }.await()
            throw LockLostException.notHeld(grant)
        }
    try {
        body(grant)
    } finally {
        loss.cancel()
    }
}

/**
 * Ends the wait, or the hold if the wait has come to one: also one that came just when the
 * coroutine was cancelled, which never sees it.
 */
private suspend fun end(wait: CompletableFuture<out LockGrant>) {
    wait.cancel(false)
    if (!wait.isCompletedExceptionally) {
        withContext(NonCancellable) { wait.join().release().await() }
    }
}
