/**
 * Money that moves between two databases while everything is hurt, and a judge of it. Begin with
 * {@link io.holdfast.chaos.transfer.TransferRun}.
 */
@NullMarked
package io.holdfast.chaos.transfer;

import org.jspecify.annotations.NullMarked;
