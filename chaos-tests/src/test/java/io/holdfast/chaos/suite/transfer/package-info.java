/**
 * Money that moves between two databases while everything is hurt, and a judge of it. Begin with
 * {@link io.holdfast.chaos.suite.transfer.TransferRun}.
 */
@NullMarked
package io.holdfast.chaos.suite.transfer;

import org.jspecify.annotations.NullMarked;
