"""Faults in signing in, devices and the lock after half an hour, each with the test that finds it."""

from tests.seeded import Seeded

LIMITS = "registry/accounts/limits.py"
DOORS = "registry/accounts/doors.py"
DEVICES = "registry/accounts/devices.py"
ENDING = "registry/accounts/ending.py"
SESSIONS = "registry/accounts/sessions.py"
QUERIES = "registry/accounts/queries.py"
LOCKED = "portal/home/locked.py"
GATE = "registry/access/middleware.py"
POLICY = "registry/access/policy.py"

OF_LIMITS = "tests/registry/test_limits.py::test_"
OF_DOORS = "tests/registry/test_doors.py::test_"
OF_SIGN_IN = "tests/pages/test_sign_in.py::test_"
OF_DEVICES = "tests/pages/test_devices.py::test_"
OF_LOCK = "tests/pages/test_locked.py::test_"

FAULTS = (
    Seeded(
        "a stranger guesses at one account for ever", LIMITS,
        "        if len(failed) >= self.most:\n            return failed[self.most - 1] + MONTH\n", "",
        f"{OF_LIMITS}a_stranger_gets_a_hundred_guesses_a_month_wherever_he_comes_from",
    ),
    Seeded(
        "the pauses do not grow", LIMITS,
        "self.minutes[min(today - self.free, len(self.minutes) - 1)]", "self.minutes[0]",
        f"{OF_LIMITS}pauses_grow_and_then_end",
    ),
    Seeded(
        "what strangers do stops a browser that the account knows", LIMITS,
        "    if each.browser:\n        return OWN.until(book.at_account(each), at)\n", "",
        f"{OF_LIMITS}a_known_browser_is_not_stopped_by_strangers",
    ),
    Seeded(
        "a known browser guesses as it likes", LIMITS,
        "        return OWN.until(book.at_account(each), at)\n", "        return None\n",
        f"{OF_LIMITS}a_known_browser_may_mistype_for_long_and_not_for_ever",
    ),
    Seeded(
        "a computer that many use sprays over them", LIMITS,
        "book.accounts_of(each.browser) < OWN_ACCOUNTS", "book.accounts_of(each.browser) >= 0",
        f"{OF_LIMITS}a_computer_that_many_use_is_nobodys_own_for_spraying",
    ),
    Seeded(
        "a stolen browser stays trusted after a hundred guesses", LIMITS,
        "len(book.at_account(each)) < OWN.most", "len(book.at_account(each)) >= 0",
        f"{OF_LIMITS}a_known_browser_may_mistype_for_long_and_not_for_ever",
    ),
    Seeded(
        "one password is sprayed over the city", LIMITS,
        "if over >= 0 else None", "if over >= 1000 else None",
        f"{OF_LIMITS}one_password_over_many_accounts_gets_three_a_month[fast-60000-1000]",
    ),
    Seeded(
        "who is stopped by a spray comes back for nothing", LIMITS,
        "return elsewhere[over] + MONTH", "return elsewhere[over] + MONTH / 2",
        f"{OF_LIMITS}a_sprayed_password_is_told_when_it_may_be_tried_again",
    ),
    Seeded(
        "the limit of a crowd is told too early", LIMITS,
        "return failed[over] + DAY", "return failed[0] + DAY / 2",
        f"{OF_LIMITS}whoever_comes_back_when_he_is_told_is_let_in",
    ),
    Seeded(
        "a school's first day is an attack", LIMITS,
        " - book.newcomers(self.reach, each) // self.per", "",
        f"{OF_LIMITS}on_the_first_day_of_term_nobody_is_stopped[password]",
    ),
    Seeded(
        "an attack from elsewhere shuts a school's own address", LIMITS,
        "(self.strange and book.familiar(each))", "False",
        f"{OF_LIMITS}an_attack_on_the_city_stops_nobody_where_people_live",
    ),
    Seeded(
        "where people live nobody is stopped at all", LIMITS,
        'Crowd(Reach.ADDRESS, 30, 4, BOTH, False,', 'Crowd(Reach.ADDRESS, 30, 4, BOTH, True,',
        f"{OF_LIMITS}one_address_is_stopped_even_where_people_live",
    ),
    Seeded(
        "a slip does not open while passwords are guessed", LIMITS,
        "BOTH, PASSWORD = frozenset(Door), frozenset({Door.PASSWORD})", "BOTH, PASSWORD = frozenset(Door), frozenset(Door)",
        f"{OF_LIMITS}guessed_codes_shut_no_school",
    ),
    Seeded(
        "thousands who type 123456 are a spray", DOORS,
        "    except ValidationError:\n        return None\n", "    except ValidationError:\n        pass\n",
        f"{OF_SIGN_IN}a_password_that_our_rules_refuse_leaves_no_mark",
    ),
    Seeded(
        "what a limit stops is checked all the same", DOORS,
        "        raise Stopped(until)\n    try:\n        yield\n", "        pass\n    try:\n        yield\n",
        f"{OF_SIGN_IN}whoever_is_stopped_hears_when_to_come_back_and_then_is_let_in",
    ),
    Seeded(
        "failures are not kept", DOORS,
        "        if refusal.code in WRONG:\n            _note(each)\n", "",
        f"{OF_SIGN_IN}one_password_over_forty_accounts_is_stopped_at_the_fourth",
    ),
    Seeded(
        "a weak password at a right slip is a guess", DOORS,
        "if refusal.code in WRONG:", "if refusal.code:",
        f"{OF_SIGN_IN}a_weak_password_at_a_right_slip_is_no_failed_try",
    ),
    Seeded(
        "who comes in forgives what strangers did elsewhere", DOORS,
        "failed(each).filter(browser=digest(each.browser), address=digest(each.address)).delete()",
        "failed(each).delete()",
        f"{OF_DOORS}ledger_and_book_say_the_same",
    ),
    Seeded(
        "who comes in is not forgiven", DOORS,
        "    if book.at_account(each):\n", "    if False:\n",
        f"{OF_SIGN_IN}ones_own_failures_are_forgiven_when_one_comes_in",
    ),
    Seeded(
        "the answer is quick where there is no such account", DOORS,
        "right = (account or Account()).check_password(password)",
        "right = account is not None and account.check_password(password)",
        f"{OF_SIGN_IN}each_wrong_answer_costs_one_hash_and_tells_nothing",
    ),
    Seeded(
        "a disabled account comes in", DOORS,
        "if account is None or not right or not account.is_active:", "if account is None or not right:",
        f"{OF_SIGN_IN}one_page_for_a_wrong_password_and_an_unknown_account",
    ),
    Seeded(
        "addresses are kept as they are", DOORS,
        "        address=digest(each.address),\n        browser", "        address=each.address,\n        browser",
        f"{OF_SIGN_IN}behind_a_proxy_everybody_has_an_address_of_his_own",
    ),
    Seeded(
        "a client writes his own address", "foundation/base/address.py",
        "hops[-count] if", "hops[0] if",
        "tests/foundation/test_address.py::test_the_address_that_counts",
    ),
    Seeded(
        "each address of an IPv6 household counts by itself", "foundation/base/address.py",
        "(address, 64)", "(address, 128)",
        "tests/foundation/test_address.py::test_the_address_that_counts",
    ),
    Seeded(
        "a password in full width is another one", "registry/accounts/models.py",
        'return super().check_password(fold(raw_password or ""))', "return super().check_password(raw_password or '')",
        f"{OF_SIGN_IN}full_width_letters_and_digits_are_meant_plainly",
    ),
    Seeded(
        "a code in full width is another one", "registry/accounts/actions.py",
        "for char in fold(code).upper()", "for char in code.upper()",
        f"{OF_SIGN_IN}full_width_letters_and_digits_are_meant_plainly[activate]",
    ),
    Seeded(
        "failures of another door count", QUERIES,
        "return FailedTry.objects.filter(door=each.door, login=digest(each.login))",
        "return FailedTry.objects.filter(login=digest(each.login))",
        f"{OF_DOORS}ledger_and_book_say_the_same",
    ),
    Seeded(
        "any browser is known to any account", QUERIES,
        "filter(token_digest=digest(token), account__login=login)", "filter(token_digest=digest(token))",
        f"{OF_DEVICES}a_browser_of_one_account_is_a_stranger_to_another",
    ),
    Seeded(
        "one account makes any address a place where people live", QUERIES,
        "lately.count() >= HOUSE", "lately.count() >= 1",
        f"{OF_DOORS}who_has_come_in_and_where_people_live",
    ),
    Seeded(
        "a device that was ended goes on", ENDING,
        "    Session.objects.filter(pk__in=keys).delete()\n", "",
        f"{OF_DEVICES}a_device_that_is_ended_is_out_at_its_next_request",
    ),
    Seeded(
        "an account that is taken back stays open somewhere", ENDING,
        "return end_devices_of(account.devices.all())", "return end_devices_of(account.devices.filter(own=True))",
        f"{OF_DEVICES}an_account_that_is_taken_back_is_out_everywhere",
    ),
    Seeded(
        "anybody ends anybody's device", QUERIES,
        "return account.devices.filter(pk=key).first()", "return Device.objects.filter(pk=key).first()",
        f"{OF_DEVICES}all_others_are_ended_at_once_and_nobody_elses",
    ),
    Seeded(
        "PINs are guessed without an end", DEVICES,
        'counted.update(pin_wrong=F("pin_wrong") + 1)', "counted.exists()",
        f"{OF_LOCK}five_wrong_pins_forget_the_pin",
    ),
    Seeded(
        "a right PIN does not begin to count anew", DEVICES,
        "            Device.objects.filter(pk=device.pk).update(pin_wrong=0)\n", "",
        f"{OF_LOCK}a_right_pin_begins_to_count_anew",
    ),
    Seeded(
        "the birthday is a PIN", DEVICES,
        " or pin in days", "",
        f"{OF_DEVICES}a_pin_that_others_guess_first_is_refused[100512]",
    ),
    Seeded(
        "the cookie of a device can be read by scripts", DEVICES,
        "httponly=True", "httponly=False",
        f"{OF_DEVICES}a_browser_is_one_device_and_a_computer_of_many_is_one_for_each",
    ),
    Seeded(
        "a device keeps its PIN though it is not one's own any more", DEVICES,
        '**({} if own else {"pin": ""}),', "",
        f"{OF_DEVICES}nothing_is_ticked_and_a_device_not_ticked_again_is_not_ones_own",
    ),
    Seeded(
        "the PIN is set on an unlocked phone without the password", SESSIONS,
        "return _since(session, _PROVED) <= FRESH", "return True",
        f"{OF_DEVICES}a_pin_is_offered_after_ticking_and_asks_the_password_later",
    ),
    Seeded(
        "any page makes it good that somebody was away", SESSIONS,
        "if not is_idle(session) and _since", "if _since",
        f"{OF_LOCK}after_half_an_hour_confidential_pages_ask_and_others_do_not",
    ),
    Seeded(
        "the last request is written each time", SESSIONS,
        " and _since(session, _SEEN) >= _NOTED", "",
        f"{OF_LOCK}the_last_request_is_noted_once_a_minute",
    ),
    Seeded(
        "a session on a school's computer lasts for weeks", SESSIONS,
        "prolonged = bool(session.get(_OWN)) and", "prolonged = True and",
        f"{OF_DEVICES}a_session_lasts_twelve_hours_and_on_ones_own_phone_thirty_days_after_its_last_use",
    ),
    Seeded(
        "a session that is over goes on", GATE,
        "if isinstance(request.user, Account) and sessions.is_over(request.session):\n            logout(request)\n",
        "pass\n",
        f"{OF_DEVICES}a_session_lasts_twelve_hours_and_on_ones_own_phone_thirty_days_after_its_last_use",
    ),
    Seeded(
        "nothing asks again", GATE,
        "if asks_again(name) and sessions.is_idle(request.session):", "if False:",
        f"{OF_LOCK}after_half_an_hour_confidential_pages_ask_and_others_do_not",
    ),
    Seeded(
        "what a permission is about does not make it confidential", POLICY,
        "kept = confidential or resource.confidential", "kept = confidential",
        f"{OF_LOCK}which_addresses_ask_follows_from_the_table",
    ),
    Seeded(
        "a form that was being sent is lost at the lock", LOCKED,
        "    if SENT not in request.POST:\n        return redirect(request.get_full_path())\n",
        "    return redirect(request.get_full_path())\n",
        f"{OF_LOCK}a_form_that_was_being_sent_is_sent_after_all",
    ),
    Seeded(
        "a form of any length travels along", LOCKED,
        "return _fields(request) if _fits(request) else []", "return _fields(request)",
        f"{OF_LOCK}what_cannot_travel_along_is_said",
    ),
)  # fmt: skip
