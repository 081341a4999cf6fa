"""Addresses of tasks, notices and how they are told."""

from django.urls import path

from compliance.work.views import channels, notices, tasks

urlpatterns = [
    path("<slug:slug>/tasks/new/", tasks.task_new, name="task_new"),
    path("<slug:slug>/tasks/<uuid:task_id>/", tasks.task_page, name="task"),
    path("<slug:slug>/tasks/<uuid:task_id>/change/", tasks.task_change, name="task_change"),
    path("<slug:slug>/tasks/<uuid:task_id>/end/", tasks.task_end, name="task_end"),
    path("<slug:slug>/tasks/<uuid:task_id>/steps/<int:number>/", tasks.task_step, name="task_step"),
    path("<slug:slug>/tasks/<uuid:task_id>/comments/", tasks.task_comment, name="task_comment"),
    path("<slug:slug>/notifications/", notices.notice_list, name="notices"),
    path("<slug:slug>/notifications/<uuid:notice_id>/", notices.notice_open, name="notice_open"),
    path("<slug:slug>/notifications/preferences/", notices.preferences, name="preferences"),
    path("<slug:slug>/settings/notifications/", channels.channels, name="channels"),
    path("<slug:slug>/settings/notifications/<uuid:webhook_id>/remove/", channels.channel_remove, name="channel_remove"),
]
