"""What a patient asks: form, confirmation, outbox, delivery, triage (top floor)."""
